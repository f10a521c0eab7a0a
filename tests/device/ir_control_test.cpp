// SPDX-License-Identifier: MIT OR Apache-2.0
// Control flow of the IR on each device: every kind of jump from every depth, against the same in C++.
#include "device/ir_kernels.h"

#include <algorithm>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(IrControl);

/// `body` makes %r of %a and %b, which run from 0 to 11; `wanted` does the same.
template <class F>
void expect_control(Device& device, const std::string& body, F&& wanted, const std::string& declarations = {}) {
    std::vector<u32> as, bs;
    for (u32 a = 0; a < 12; ++a)
        for (u32 b = 0; b < 12; ++b) {
            as.push_back(a);
            bs.push_back(b);
        }
    const std::vector<u32> results = compute<u32>(device, body, as, bs, declarations);
    for (std::size_t i = 0; i < as.size(); ++i)
        ASSERT_EQ(results[i], wanted(as[i], bs[i])) << "of " << as[i] << " and " << bs[i];
}

TEST_P(IrControl, if_with_results_and_arms_that_do_nothing) {
    expect_control(gpu, R"(
    %less: bool = lt %a, %b
    %x: u32, %y: u32 = if ^one %less {
        %s: u32 = add %a, 100
        exit ^one(%s, %b)
    } else {
        exit ^one(%b, 7)
    }
    %even: u32 = bit_and %x, 1
    %is_even: bool = eq %even, 0
    %v: ptr<local, u32> = variable %y
    if ^two %is_even {
        store %v, 55
        exit ^two
    } else {
        exit ^two
    }
    %w: u32 = load %v
    %r: u32 = add %w, %x
)",
                   [](u32 a, u32 b) {
                       const u32 x = a < b ? a + 100 : b;
                       u32 y = a < b ? b : 7;
                       if (x % 2 == 0) y = 55;
                       return x + y;
                   });
}

TEST_P(IrControl, if_left_from_deeper_inside) {
    expect_control(gpu, R"(
    %large: bool = gt %a, 3
    %r: u32 = if ^outer %large {
        %larger: bool = gt %a, 6
        %m: u32 = if ^inner %larger {
            %largest: bool = gt %b, 6
            if ^innermost %largest {
                exit ^outer(3)
            } else {
                exit ^innermost
            }
            exit ^inner(%b)
        } else {
            exit ^inner(50)
        }
        %m.1: u32 = add %m, 1
        exit ^outer(%m.1)
    } else {
        exit ^outer(1)
    }
)",
                   [](u32 a, u32 b) {
                       if (a <= 3) return 1u;
                       if (a > 6) return b > 6 ? 3 : b + 1;
                       return 51u;
                   });
}

TEST_P(IrControl, loops_with_break_and_continue) {
    expect_control(gpu, R"(
    %r: u32 = loop ^while (%i: u32 = 0, %s: u32 = 0) {
        %more: bool = lt %i, %a
        if ^go %more {
            exit ^go
        } else {
            exit ^while(%s)
        }
        %odd: u32 = bit_and %i, 1
        %is_odd: bool = eq %odd, 1
        if ^skip %is_odd {
            next ^while(%i, %s)
        } else {
            exit ^skip
        }
        %is_b: bool = eq %i, %b
        if ^stop %is_b {
            %t: u32 = add %s, 1000
            exit ^while(%t)
        } else {
            exit ^stop
        }
        %s.1: u32 = add %s, %i
        next ^while(%i, %s.1)
    } continuing (%i.1: u32, %s.2: u32) {
        %i.2: u32 = add %i.1, 1
        repeat ^while(%i.2, %s.2)
    }
)",
                   [](u32 a, u32 b) {
                       u32 s = 0;
                       for (u32 i = 0; i < a; ++i) {
                           if (i % 2 == 1) continue;
                           if (i == b) return s + 1000;
                           s += i;
                       }
                       return s;
                   });
}

TEST_P(IrControl, do_while_with_results_at_its_end) {
    expect_control(gpu, R"(
    %r: u32, %n: u32 = loop ^again (%x: u32 = %a, %k: u32 = 0) {
        %y: u32 = mul %x, 3
        %z: u32 = add %y, 1
        next ^again(%z, %k)
    } continuing (%x.1: u32, %k.1: u32) {
        %k.2: u32 = add %k.1, 1
        %more: bool = lt %k.2, %b
        repeat_if %more ^again(%x.1, %k.2) else (%x.1, %k.2)
    }
)",
                   [](u32 a, u32 b) {
                       u32 k = 0;
                       do {
                           a = a * 3 + 1;
                           ++k;
                       } while (k < b);
                       return a;
                   });
}

TEST_P(IrControl, jumps_over_inner_loops_and_switches) {
    expect_control(gpu, R"(
    %r: u32 = loop ^rows (%i: u32 = 0, %t: u32 = 0) {
        %more: bool = lt %i, 9
        if ^go %more {
            exit ^go
        } else {
            exit ^rows(%t)
        }
        %sum: u32 = loop ^columns (%j: u32 = 0, %s: u32 = 0) {
            %more.1: bool = lt %j, %i
            if ^go.1 %more.1 {
                exit ^go.1
            } else {
                exit ^columns(%s)
            }
            %k: u32 = mul %j, %a
            %x: u32 = add %k, %b
            %m: u32 = rem %x, 11
            switch ^which %m {
                case 0 {
                    %out: u32 = add %s, 5000
                    exit ^rows(%out)
                }
                case 1, 2 {
                    %t.1: u32 = add %t, 300
                    next ^rows(%i, %t.1)
                }
                case 3 {
                    exit ^columns(%j)
                }
                case 4 {
                    next ^columns(%j, %s)
                }
                default {
                    exit ^which
                }
            }
            %s.1: u32 = add %s, %x
            next ^columns(%j, %s.1)
        } continuing (%j.1: u32, %s.2: u32) {
            %j.2: u32 = add %j.1, 1
            repeat ^columns(%j.2, %s.2)
        }
        %t.2: u32 = add %t, %sum
        next ^rows(%i, %t.2)
    } continuing (%i.1: u32, %t.3: u32) {
        %i.2: u32 = add %i.1, 1
        repeat ^rows(%i.2, %t.3)
    }
)",
                   [](u32 a, u32 b) {
                       u32 t = 0;
                       for (u32 i = 0; i < 9; ++i) {
                           u32 s = 0;
                           bool next_row = false;
                           for (u32 j = 0; j < i; ++j) {
                               const u32 x = j * a + b, m = x % 11;
                               if (m == 0) return s + 5000;
                               if (m == 1 || m == 2) {
                                   t += 300;
                                   next_row = true;
                                   break;
                               }
                               if (m == 3) {
                                   s = j;
                                   break;
                               }
                               if (m == 4) continue;
                               s += x;
                           }
                           if (!next_row) t += s;
                       }
                       return t;
                   });
}

TEST_P(IrControl, an_if_left_through_two_loops) {
    expect_control(gpu, R"(
    %some: bool = gt %a, 2
    %r: u32 = if ^outer %some {
        %z: u32 = loop ^one (%i: u32 = 0) {
            loop ^two (%j: u32 = 0) {
                %p: u32 = mul %i, %j
                %is_b: bool = eq %p, %b
                if ^found %is_b {
                    %q: u32 = add %i, 40
                    exit ^outer(%q)
                } else {
                    exit ^found
                }
                %end: bool = ge %j, %a
                if ^over %end {
                    exit ^two
                } else {
                    exit ^over
                }
                next ^two(%j)
            } continuing (%j.1: u32) {
                %j.2: u32 = add %j.1, 1
                repeat ^two(%j.2)
            }
            next ^one(%i)
        } continuing (%i.1: u32) {
            %i.2: u32 = add %i.1, 1
            %more: bool = lt %i.2, 5
            repeat_if %more ^one(%i.2) else (%i.2)
        }
        exit ^outer(%z)
    } else {
        exit ^outer(9)
    }
)",
                   [](u32 a, u32 b) {
                       if (a <= 2) return 9u;
                       for (u32 i = 0; i < 5; ++i)
                           for (u32 j = 0; j <= a; ++j)
                               if (i * j == b) return i + 40;
                       return 5u;
                   });
}

TEST_P(IrControl, switch_falling_through) {
    expect_control(gpu, R"(
    %r: u32 = switch ^first %a {
        case 1, 2 {
            %x: u32 = add %b, 10
            fallthrough(%x)
        }
        default (%y: u32 = 5) {
            %low: bool = lt %b, 4
            if ^inner.1 %low {
                exit ^first(4)
            } else {
                exit ^inner.1
            }
            fallthrough(%b, %y)
        }
        case (%c: u32, %d: u32) {
            %c.1: u32 = mul %c, 100
            %sum: u32 = add %c.1, %d
            fallthrough(%sum)
        }
        case 7 (%e: u32 = %b) {
            %e.1: u32 = add %e, 1
            exit ^first(%e.1)
        }
        case 8, 9 {
            exit ^first(8)
        }
    }
)",
                   [](u32 a, u32 b) {
                       u32 e = b;
                       if (a == 8 || a == 9) return 8u;
                       if (a != 7) {
                           const u32 y = a == 1 || a == 2 ? b + 10 : 5;
                           if (b < 4) return 4u;
                           e = b * 100 + y;
                       }
                       return e + 1;
                   });
}

TEST_P(IrControl, switch_in_a_loop_in_a_switch) {
    expect_control(gpu, R"(
    %h: u32 = rem %a, 3
    %r: u32 = switch ^outer %h {
        case 0 {
            %n: u32 = loop ^loop (%i: u32 = 0) {
                switch ^inner %i {
                    case 3 {
                        %is: bool = gt %b, 5
                        if ^deep %is {
                            exit ^outer(77)
                        } else {
                            exit ^deep
                        }
                        fallthrough
                    }
                    case 4 {
                        %enough: bool = gt %a, 5
                        if ^deep.1 %enough {
                            exit ^loop(%i)
                        } else {
                            exit ^inner
                        }
                        unreachable
                    }
                    default {
                        next ^loop(%i)
                    }
                }
                next ^loop(%i)
            } continuing (%i.1: u32) {
                %i.2: u32 = add %i.1, 1
                %more: bool = lt %i.2, 10
                repeat_if %more ^loop(%i.2) else (%i.2)
            }
            exit ^outer(%n)
        }
        case 1 {
            fallthrough
        }
        default {
            exit ^outer(%b)
        }
    }
)",
                   [](u32 a, u32 b) {
                       if (a % 3 != 0) return b;
                       for (u32 i = 0; i < 10; ++i) {
                           if (i == 3 && b > 5) return 77u;
                           if ((i == 3 || i == 4) && a > 5) return i;
                       }
                       return 10u;
                   });
}

TEST_P(IrControl, functions_return_from_anywhere) {
    expect_control(
        gpu, "    %r: u32 = call(@find) %a, %b\n",
        [](u32 a, u32 b) {
            for (u32 i = 0; i < 6; ++i) {
                if (i * a == b) return i;
                for (u32 j = 0; j < 4; ++j)
                    if (i + j * a == b + 1) return 100 * i + j;
            }
            return 999u;
        },
        R"(
function @find(%n: u32, %m: u32) -> u32 {
    %m1: u32 = add %m, 1
    loop ^one (%i: u32 = 0) {
        %p: u32 = mul %i, %n
        %is: bool = eq %p, %m
        if ^found %is {
            return %i
        } else {
            exit ^found
        }
        loop ^two (%j: u32 = 0) {
            %q: u32 = mul %j, %n
            %s: u32 = add %i, %q
            %is.1: bool = eq %s, %m1
            if ^found.1 %is.1 {
                %h: u32 = mul %i, 100
                %t: u32 = add %h, %j
                return %t
            } else {
                exit ^found.1
            }
            next ^two(%j)
        } continuing (%j.1: u32) {
            %j.2: u32 = add %j.1, 1
            %more: bool = lt %j.2, 4
            repeat_if %more ^two(%j.2) else
        }
        next ^one(%i)
    } continuing (%i.1: u32) {
        %i.2: u32 = add %i.1, 1
        %more.1: bool = lt %i.2, 6
        repeat_if %more.1 ^one(%i.2) else
    }
    return 999
}
)");
}

TEST_P(IrControl, functions_of_pointers_return_from_anywhere) {
    expect_control(
        gpu, R"(
    %v: ptr<local, u32[4]> = variable zero<u32[4]>
    %second: ptr<local, u32> = access %v, 2
    %x: u32 = call(@advance) %second, %a
    %y: u32 = call(@advance) %second, %b
    %z: u32 = load %second
    %xy: u32 = mul %x, 1000
    %yz: u32 = mul %y, 100
    %s: u32 = add %xy, %yz
    %r: u32 = add %s, %z
)",
        [](u32 a, u32 b) {
            u32 place = 0;
            const auto advance = [&](u32 by) {
                for (u32 i = 0; i < by; ++i) {
                    if (place > 7) return i;
                    place += 2;
                }
                return 9u;
            };
            const u32 x = advance(a), y = advance(b);
            return 1000 * x + 100 * y + place;
        },
        R"(
function @advance(%place: ptr<local, u32>, %by: u32) -> u32 {
    loop ^steps (%i: u32 = 0) {
        %more: bool = lt %i, %by
        if ^go %more {
            exit ^go
        } else {
            exit ^steps
        }
        %now: u32 = load %place
        %far: bool = gt %now, 7
        if ^stop %far {
            return %i
        } else {
            exit ^stop
        }
        %then: u32 = add %now, 2
        store %place, %then
        next ^steps(%i)
    } continuing (%i.1: u32) {
        %i.2: u32 = add %i.1, 1
        repeat ^steps(%i.2)
    }
    return 9
}
)");
}

TEST_P(IrControl, variables_start_anew_each_time) {
    expect_control(gpu, R"(
    %total: ptr<local, u32> = variable 0
    loop ^rounds (%i: u32 = 0) {
        %fresh: ptr<local, u32> = variable 5
        %now: u32 = load %fresh
        %grown: u32 = add %now, %i
        store %fresh, %grown
        %again: u32 = load %fresh
        %t: u32 = load %total
        %t.1: u32 = add %t, %again
        store %total, %t.1
        next ^rounds(%i)
    } continuing (%i.1: u32) {
        %i.2: u32 = add %i.1, 1
        %more: bool = lt %i.2, %a
        repeat_if %more ^rounds(%i.2) else
    }
    %r: u32 = load %total
)",
                   [](u32 a, u32) {
                       u32 total = 0, i = 0;
                       do total += 5 + i;
                       while (++i < a);
                       return total;
                   });
}

TEST_P(IrControl, truths_may_go_round_as_they_came) {
    expect_control(gpu, R"(
    %large: bool = gt %a, %b
    %r: u32 = loop ^rounds (%i: u32 = 0, %is: bool = %large) {
        next ^rounds(%i, %is)
    } continuing (%i.0: u32, %is.0: bool) {
        %i.1: u32 = add %i.0, 1
        %x: u32 = select %is.0, %i.1, 7
        %more: bool = lt %i.1, %b
        repeat_if %more ^rounds(%i.1, %large) else (%x)
    }
)",
                   [](u32 a, u32 b) { return a > b ? std::max(b, 1u) : 7u; });
}

TEST_P(IrControl, invocations_meet_again_behind_what_they_left) {
    // Each leaves the loops at a place of its own; the subgroup is whole again behind them.
    if (!gpu.capabilities().features.subgroup.ballot) GTEST_SKIP() << "no ballots";
    const Kernel kernel = compile_ir(gpu, R"(module "meet"
storage %data: u32[] set 0 binding 0
kernel @meet() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %whole: u32x4 = subgroup_ballot true
    %before: u32 = subgroup_ballot_count(reduce) %whole
    %n: u32 = rem %i, 5
    %k: u32 = loop ^rows (%row: u32 = 0) {
        loop ^columns (%column: u32 = 0) {
            %both: u32 = add %row, %column
            %is: bool = eq %both, %i
            if ^found %is {
                exit ^rows(%column)
            } else {
                exit ^found
            }
            %end: bool = eq %column, %n
            if ^over %end {
                next ^rows(%row)
            } else {
                exit ^over
            }
            next ^columns(%column)
        } continuing (%column.1: u32) {
            %column.2: u32 = add %column.1, 1
            repeat ^columns(%column.2)
        }
        unreachable
    } continuing (%row.1: u32) {
        %row.2: u32 = add %row.1, 1
        %more: bool = lt %row.2, 100
        repeat_if %more ^rows(%row.2) else (1000)
    }
    %behind: u32x4 = subgroup_ballot true
    %after: u32 = subgroup_ballot_count(reduce) %behind
    %same: bool = eq %before, %after
    %r: u32 = select %same, %k, 12345
    %at: ptr<storage, u32> = access %data, %i
    store %at, %r
    return
}
)");
    Buffer<u32> data = gpu.zeros<u32>(64);
    gpu.call(kernel, groups(1), data);
    const std::vector<u32> results = gpu.get(data);
    for (u32 i = 0; i < 64; ++i) EXPECT_EQ(results[i], i < 100 ? std::min(i, i % 5) : 1000) << i;
}

}  // namespace
}  // namespace alkomp::testing
