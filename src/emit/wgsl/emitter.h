// SPDX-License-Identifier: MIT OR Apache-2.0
// One walk over a module that writes its text. Each family of instructions has a source of its own.
//
// A value that is used once, where it is made, goes into the expression that uses it; others get a `let`. What reads
// memory is written before the next instruction that may change memory.
#pragma once

#include "emit/wgsl/names.h"
#include "emit/wgsl/text.h"
#include "emit/wgsl/wgsl.h"
#include "ir/builder.h"
#include "ir/evaluate.h"
#include "ir/uniformity.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace alkomp::emit::wg {

/// Members on the way from a global to a place in it; elements of arrays are all alike.
using Path = std::vector<u32>;

/// What stands for an IR value.
struct Held {
    Text text;                             ///< of a pointer: the place it points to
    bool pending = false;                  ///< of a value: its only use is still to come
    ir::ValueId root = ir::ValueId::none;  ///< of a pointer: the global, variable or parameter that it leads into
    Path path;                             ///< ... and how
};

struct Use {
    u32 count = 0;
    ir::RegionId region = ir::RegionId::none;  ///< of the only one
};

/// Where a jump of the IR leads.
struct Jump {
    bool next = false;  ///< to the next iteration of a loop; else behind a construct
    u32 frame = 0;      ///< place in frames_
    bool operator==(const Jump&) const = default;
};

/// A construct that is being written.
struct Frame {
    ir::InstructionId construct = ir::InstructionId::none;
    bool breaks = false;                 ///< `break` leaves it
    bool loops = false;                  ///< `continue` goes to its next iteration
    std::size_t depth = 0;               ///< of its first line
    std::size_t before = 0, inside = 0;  ///< lines where variables may be declared
    std::vector<std::string> results;
    std::vector<std::string> iterated;   ///< of a loop: the parameters of its body
    std::vector<std::string> variables;  ///< what `next` or `fallthrough` sets
    bool inlines = false;                ///< of a loop: what continues it stands at the end of its body
    bool continuing = false;             ///< ... else in a block of its own, which is being written
    std::size_t first_question = 0;      ///< of a loop: the line of the `if` that its body begins with
    std::string goes_on;                 ///< ... and the opposite of what is asked there; empty: there is none
    std::string leave, go_round;         ///< flags of jumps from within other constructs
    std::vector<Jump> passing;           ///< jumps that leave through this one's end
    std::set<std::string> asked;         ///< flags that what comes behind this one has to ask
    std::string chosen;                  ///< of a switch whose cases fall through: the case to be run next
    u32 region = 0;                      ///< ... and the one that is being written
};

class Emitter {
public:
    Emitter(const ir::Module& module, const WgslSupport& support)
        : module_(module), support_(support), constants_(module), uniformity_(module) {}
    [[nodiscard]] WgslText run();

private:
    // emitter.cpp
    void survey();
    void survey_atomics();
    void survey_leaving(const ir::Instruction& instruction);
    [[nodiscard]] std::string function(ir::FunctionId id);
    [[nodiscard]] std::string head(const ir::Function& function, bool is_kernel);
    void instruction(const ir::Instruction& instruction);
    void call(const ir::Instruction& instruction);
    void line(const std::string& text) { lines_.push_back(std::string(4 * depth_, ' ') + text); }
    void add_declaration(std::size_t place, const std::string& text);
    void enable(std::string_view extension);
    void directive(const std::string& text);
    [[nodiscard]] std::string said_here(const std::string& sentence) const;
    [[noreturn]] void unsupported(const std::string& sentence) const;
    [[nodiscard]] std::string helper(const std::string& name, const std::string& text);

    // values, emitter.cpp
    [[nodiscard]] Held& held(ir::ValueId id) { return held_[ir::place(id)]; }
    [[nodiscard]] Text value(ir::ValueId id);
    [[nodiscard]] Text value(const ir::Instruction& instruction, u32 operand) {
        return value(module_.operands(instruction)[operand]);
    }
    [[nodiscard]] Text name_of(ir::ValueId id);      ///< its text, a name or a literal
    [[nodiscard]] Text at_run_time(ir::ValueId id);  ///< ... and no constant expression
    [[nodiscard]] std::string wanted_name(ir::ValueId id, std::string_view otherwise = "v") const;
    void define(ir::ValueId id, Text text);
    void define_now(ir::ValueId id, const Text& text);
    void write_let(ir::ValueId id);
    void write_reads();
    [[nodiscard]] Text let(std::string_view wanted, const Text& text);
    [[nodiscard]] Text unknown(const Text& text);

    // types.cpp
    [[nodiscard]] std::string type(ir::TypeId id);
    [[nodiscard]] std::string type(ir::TypeId id, const std::set<Path>& atomics, bool laid);
    [[nodiscard]] std::string structure(ir::TypeId id, const std::set<Path>& atomics, bool laid);
    [[nodiscard]] static std::string scalar(Scalar scalar);
    [[nodiscard]] std::string number_type(Scalar scalar, u32 lanes);
    [[nodiscard]] u32 alignment(ir::TypeId id) const;
    [[nodiscard]] u32 natural_size(ir::TypeId id) const;
    [[nodiscard]] u32 length_of(const ir::Type& array) const;

    // constants.cpp
    [[nodiscard]] Text constant(ir::ValueId id);
    [[nodiscard]] Text number(Scalar scalar, u64 bits);
    [[nodiscard]] bool is_odd(Scalar scalar, u64 bits) const;
    [[nodiscard]] bool is_odd(ir::ValueId id) const;
    [[nodiscard]] std::string zero_of(ir::TypeId id);
    [[nodiscard]] bool is_constant(ir::ValueId id) const { return module_.find_constant(id) != nullptr; }
    [[nodiscard]] std::vector<u64> known_lanes(ir::ValueId id) const;
    void declare_overrides();
    [[nodiscard]] bool varies(ir::ValueId constant) const;
    [[nodiscard]] bool is_settable(const Text& text) const;
    [[nodiscard]] Text expression(ir::ValueId constant);
    [[nodiscard]] std::string count_of(ir::ValueId constant);

    // interface.cpp
    void declare_globals();
    void declare_scalars();
    [[nodiscard]] u32 binding_of(const ir::Global& global) const;
    [[nodiscard]] Text builtin(ir::Builtin which);
    [[nodiscard]] std::string input(ir::Builtin which);
    [[nodiscard]] std::string input_parameter(ir::Builtin which) const;
    [[nodiscard]] std::string unfolded(ir::Builtin which);
    [[nodiscard]] std::vector<std::string> unfolding();
    [[nodiscard]] std::string subgroup_mask(ir::Builtin which);

    // pure.cpp
    [[nodiscard]] Text pure(const ir::Instruction& instruction);
    [[nodiscard]] Text arithmetic(const ir::Instruction& instruction);
    [[nodiscard]] Text bits_of_halves(ir::ValueId from, ir::TypeId to);
    [[nodiscard]] Text exact(const ir::Instruction& instruction, const Text& text);
    [[nodiscard]] bool has_fair_constants(const ir::Instruction& instruction) const;
    [[nodiscard]] Text divide(const ir::Instruction& instruction);
    [[nodiscard]] std::string division_of_integers(ir::Op op, ir::TypeId id);
    [[nodiscard]] Text shift(const ir::Instruction& instruction);
    [[nodiscard]] Text field(const ir::Instruction& instruction);
    [[nodiscard]] Text wide(ir::Op op, ir::ValueId a, ir::ValueId b);
    [[nodiscard]] Text dot_integer(const ir::Instruction& instruction);
    [[nodiscard]] Text logic(const ir::Instruction& instruction);
    [[nodiscard]] Text test(const ir::Instruction& instruction);
    [[nodiscard]] Text choice(const ir::Instruction& instruction);
    [[nodiscard]] Text convert(ir::ValueId from, ir::TypeId to);
    [[nodiscard]] Text call_of(std::string_view function, const ir::Instruction& instruction, bool run_time = false);
    void two_results(const ir::Instruction& instruction);
    [[nodiscard]] std::vector<Text> operands(const ir::Instruction& instruction, bool never_fails = false);

    // composite.cpp
    [[nodiscard]] Text composite(const ir::Instruction& instruction);
    [[nodiscard]] Text compose(const ir::Instruction& instruction);
    [[nodiscard]] std::optional<Text> size_of_workgroup(const ir::Instruction& extract);
    [[nodiscard]] Text part(const Text& whole, ir::TypeId& type, u32 index);
    [[nodiscard]] Text selected_lane(const ir::Instruction& instruction);
    [[nodiscard]] Text inserted(const ir::Instruction& instruction);
    [[nodiscard]] Text shuffled(const ir::Instruction& instruction);
    [[nodiscard]] Text matrix(const ir::Instruction& instruction);
    [[nodiscard]] std::string inverse_of(ir::TypeId id);

    // memory.cpp
    void variable(const ir::Instruction& instruction);
    void access(const ir::Instruction& instruction);
    void load(const ir::Instruction& instruction);
    void store(const ir::Instruction& instruction);
    void atomic(const ir::Instruction& instruction);
    void barrier(const ir::Instruction& instruction);
    void fence(const ir::Instruction& instruction);
    void array_length(const ir::Instruction& instruction);
    [[nodiscard]] std::string load_of(const std::string& place, ir::TypeId type, ir::ValueId root, const Path& path);
    void store_to(const std::string& place, ir::TypeId type, const Text& value, ir::ValueId root, const Path& path);
    [[nodiscard]] const std::set<Path>& atomics_of(ir::ValueId root) const;
    [[nodiscard]] static std::set<Path> below(const std::set<Path>& paths, u32 member);

    // subgroup.cpp
    void subgroup(const ir::Instruction& instruction);
    void allow_subgroups();
    [[nodiscard]] std::string subgroup_number(ir::Builtin which);
    [[nodiscard]] std::vector<std::string> numbering_of_subgroups();
    void ballot(const ir::Instruction& instruction, const Text& votes);
    [[nodiscard]] std::string combined_by_hand(ir::Combine how, ir::Scan scan, u32 cluster, Scalar kind, u32 lanes,
                                               const std::string& operand);
    void combine(const ir::Instruction& instruction, const Text& operand);

    // control.cpp
    void region(ir::RegionId id);
    void construct(const ir::Instruction& instruction, ir::InstructionId id);
    void if_(const ir::Instruction& instruction, Frame frame);
    [[nodiscard]] Text negated(ir::ValueId condition);
    void switch_(const ir::Instruction& instruction, Frame frame);
    [[nodiscard]] std::string labels_of(const ir::Switch& chooses, std::size_t region, Scalar selector);
    void chain(const ir::Instruction& instruction, Frame frame);
    void loop(const ir::Instruction& instruction, Frame frame);
    [[nodiscard]] bool is_iterated(const ir::Instruction& loop, u32 result) const;
    [[nodiscard]] Text told_to_all(ir::InstructionId choice, ir::ValueId asked, const Text& text);
    void note_question(ir::ValueId question, const Text& asked);
    void write_for(std::size_t head, std::span<const std::size_t> declared);
    void repeat_if(const ir::Instruction& instruction, ir::InstructionId id);
    void terminator(const ir::Instruction& instruction, ir::InstructionId id);
    void leave(const Jump& jump, bool is_known = false);
    [[nodiscard]] u32 innermost(const Jump& jump, bool loops) const;
    [[nodiscard]] bool is_asked(const Jump& jump) const;
    std::string& flag_of(const Jump& jump);
    void finish();
    void open(Frame frame, const std::string& text);
    void close(const std::string& text = "}");
    void close_from(std::size_t head);
    void open_once(Frame frame);
    void close_once();
    void assign(const std::vector<std::string>& variables, std::vector<Text> values);
    [[nodiscard]] std::vector<std::string> declare(std::span<const ir::ValueId> values, std::string_view otherwise);
    [[nodiscard]] Text passed(ir::ValueId id);
    [[nodiscard]] std::vector<Text> passed(std::span<const ir::ValueId> ids);
    [[nodiscard]] u32 frame_of(ir::InstructionId construct) const;
    [[nodiscard]] bool does_nothing(ir::RegionId id) const;

    const ir::Module& module_;
    const WgslSupport& support_;
    const ir::ConstantValues constants_;
    const ir::Uniformity uniformity_;
    Names names_;
    std::vector<std::string> enables_, directives_, structures_, overrides_, globals_, helpers_, functions_;
    std::vector<std::string> lines_;  ///< of the function that is being written; empty ones are left out
    std::size_t depth_ = 0;
    u32 at_ = 0;                        ///< location of the instruction that is being written
    std::vector<Held> held_;            ///< by value
    std::vector<Use> uses_;             ///< by value
    std::vector<ir::ValueId> reading_;  ///< pending values that read
    std::set<std::string> asked_;       ///< flags that what comes behind the last construct has to ask
    std::vector<Frame> frames_;
    std::vector<std::string> function_names_;
    std::vector<u32> left_early_;  ///< by instruction: how many `exit` in nested constructs name it
    std::vector<u32> nexts_;       ///< by instruction: how many `next` name it
    std::unordered_map<u32, std::vector<ir::ValueId>> left_with_;  ///< by loop: what every exit gives a result, if one
    std::unordered_map<u32, std::set<Path>> atomics_;              ///< by ValueId of globals: what atomics work on
    std::map<std::string, std::string> declared_;                  ///< names of structures and helpers
    std::map<u32, std::string> override_names_;                    ///< by specialisation id
    std::map<std::string, std::string> read_overrides_;            ///< variables of the function with their values
    std::map<ir::Builtin, std::string> builtins_;                  ///< that the kernel takes, and their names
    std::map<ir::Builtin, std::string> shown_;                     ///< ... for other functions
    bool in_kernel_ = false;
    bool orders_storage_ = false;  ///< there are atomics on buffers, or coherent ones
    std::array<u64, 3> size_{};    ///< of the workgroup
    bool is_flat_ = false;         ///< it is written as one of one dimension
    std::vector<bool> exact_;      ///< by value: not to be fused with others
    std::vector<std::pair<std::string, ir::ValueId>>
        first_values_;         ///< of variables, which only a running kernel can give
    bool needs_zero_ = false;  ///< a scalar that is always 0
    std::string zero_;         ///< ... and where it is
    std::map<ir::ValueId, std::string>
        counted_;  ///< where a length is asked for: all buffers, and the scalars with their bytes
    std::vector<WgslByteCount> byte_counts_;
    u32 scalar_bytes_ = 0;  ///< of what is read of the scalars
    std::string unproven_;  ///< as WgslText has it
};

}  // namespace alkomp::emit::wg
