// SPDX-License-Identifier: MIT OR Apache-2.0
// How the words after `alkomp run`, `trace` and `check` are read.
#include "request.h"

#include "failure.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <regex>
#include <set>

namespace alkomp::command {
namespace {

constexpr const char* kRunFooter = R"(How files meet bindings:
  The buffers of a kernel are sorted by (set, binding). The first --in or --out on the
  command line belongs to the first of them, the second to the second, and so on.
  NAME=FILE names the buffer instead: by its block's name in the source, the name of its only
  member, or its binding number.
  --in fills the buffer before the kernel runs, --out saves it after. A buffer may have both:
      --in data=a.npy --out data=b.npy
  If the kernel has a single buffer, `--in a.npy --out b.npy` means that too.
  A buffer with --out alone starts as zeros. Its type is the kernel's and its shape that of the
  first --in, unless the name says more (b.npy:f32, b.npy:480x640, b.npy:f32:480x640) or
  `--like c.npy` follows it.
  Types: bool i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64 c64 c128.
  Files are .npy, or .png: one u32 per pixel, red in the lowest byte (writing also takes u8 grey, RGB, RGBA).

Examples:
  alkomp run collatz.comp --in numbers.npy --out steps.npy
  alkomp run add.comp --in a.npy --in b.npy --out sum.npy
  alkomp run saxpy.comp --in x.npy --in y=y.npy --out y=result.npy --arg a=2.5
  alkomp run kernel.comp --in a.npy --out b.npy --groups 1024 --device nvidia --set N=4 --arg 3.5
  alkomp run mandelbrot.comp --out picture.png:768x1024 --groups 128,96 \
      --arg center=-0.7,0 --arg height=2.6 --arg size=1024,768
  alkomp run blur.comp --in photo.png --out blurred.png --groups 80,60 --set RADIUS=8 \
      --arg size=640,480 --arg direction=1,0 --repeat 100 --time
)";

constexpr const char* kTraceFooter =
    R"(Takes what `alkomp run` takes, runs with GPU timestamps on, and prints where the time went.
Open the file at https://ui.perfetto.dev or in chrome://tracing. See `alkomp run --help` for how
files meet the kernel's buffers.

Examples:
  alkomp trace collatz.comp --in numbers.npy --out steps.npy --trace out.json
  alkomp trace nbody.comp --in bodies.npy --groups 64 --repeat 100 --trace out.json --json
)";

constexpr const char* kCheckFooter =
    R"(Runs the kernel on the reference device, which needs no driver, and says what is wrong with it: the line, the
buffer, the index and the invocation. Takes what `alkomp run` takes but for the device; see `alkomp run --help` for how
files meet the kernel's buffers. Outputs are written too. docs/checking.md shows every kind of report.

Exit status 0: nothing was found. 1: something was. 2: it could not be checked; the reason is on standard error.

Examples:
  alkomp check blur.comp --in photo.npy --out blurred.npy
  alkomp check sum.comp --in a.npy --out b.npy --groups 1024 --no-uninitialized
  alkomp check sum.comp --in a.npy --out b.npy --trace 1023
  alkomp check sum.comp --in a.npy --out b.npy --subgroup-size 4 --order-seed 7
  alkomp check sum.comp --in a.npy --out b.npy --json | jq '.faults[].text'
)";

/// "name=rest" when what is before the first '=' could be a name or a number, not a path.
std::pair<std::string, std::string> split_name(const std::string& text) {
    static const std::regex pattern("([A-Za-z_][A-Za-z0-9_]*|[0-9]+)=([^]*)");
    std::smatch match;
    if (std::regex_match(text, match, pattern)) return {match[1], match[2]};
    return {"", text};
}

std::optional<Shape> parse_shape(const std::string& text) {
    Shape shape;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        u64 extent = 0;
        const auto [next, error] = std::from_chars(at, end, extent);
        if (error != std::errc()) return std::nullopt;
        shape.push_back(extent);
        if (next == end) return shape;
        if (*next != 'x') return std::nullopt;
        at = next + 1;
    }
}

/// "7", "7,8", "7,8,9"; what is not named stays as it is. False: it is none of these.
template <class T>
bool parse_numbers(const std::string& text, const std::array<T*, 3>& places) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (T* place : places) {
        const auto [next, error] = std::from_chars(at, end, *place);
        if (error != std::errc()) return false;
        if (next == end) return true;
        if (*next != ',') return false;
        at = next + 1;
    }
    return false;
}

/// Takes ":word" off the end of a path when `use` knows the word.
template <class F>
bool take_suffix(std::string& path, F use) {
    const std::size_t colon = path.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == path.size()) return false;
    if (!use(path.substr(colon + 1))) return false;
    path.resize(colon);
    return true;
}

}  // namespace

FileArgument parse_file(const std::string& text, bool output) {
    FileArgument file;
    file.output = output;
    auto [name, path] = split_name(text);
    file.binding = name;
    if (output) {
        take_suffix(path, [&](const std::string& word) { return (file.shape = parse_shape(word)).has_value(); });
        take_suffix(path,
                    [&](const std::string& word) { return (file.element = element_from_name(word)).has_value(); });
        static const std::regex leftover("(.*\\.(npy|png)):([^/\\\\]*)", std::regex::icase);
        std::smatch match;
        if (std::regex_match(path, match, leftover)) {
            throw UsageError("--out " + text + ": '" + match[3].str() +
                             "' is neither a shape like 480x640 nor one of the types " + std::string(element_names()));
        }
    }
    if (path.empty()) throw UsageError(std::string(output ? "--out " : "--in ") + text + ": it names no file");
    file.path = path;
    const std::string extension = file.path.extension().string();
    if (output && extension != ".npy" && extension != ".NPY" && extension != ".png" && extension != ".PNG" &&
        !std::filesystem::exists(file.path)) {
        throw UsageError("--out " + text + ": the name ends in neither .npy nor .png, so the format is unknown");
    }
    return file;
}

Groups parse_groups(const std::string& text) {
    Groups groups;
    if (parse_numbers(text, std::array{&groups.x, &groups.y, &groups.z})) return groups;
    throw UsageError("--groups " + text + ": it is not one to three workgroup counts like 1024 or 64,48");
}

std::array<u32, 3> parse_invocation(const std::string& text) {
    std::array<u32, 3> id{};
    if (parse_numbers(text, std::array{&id[0], &id[1], &id[2]})) return id;
    throw UsageError("--trace " + text + ": it is not the global id of an invocation like 1023 or 4,7");
}

Constant parse_constant(const std::string& text) {
    if (text == "true") return true;
    if (text == "false") return false;
    const char* const end = text.data() + text.size();
    i64 whole = 0;
    if (auto [next, error] = std::from_chars(text.data(), end, whole); error == std::errc() && next == end)
        return whole;
    u64 large = 0;
    if (auto [next, error] = std::from_chars(text.data(), end, large); error == std::errc() && next == end)
        return large;
    f64 real = 0;
    if (auto [next, error] = std::from_chars(text.data(), end, real); error == std::errc() && next == end) return real;
    throw UsageError("'" + text + "' is neither a number nor true or false");
}

std::map<std::string, Constant> parse_constants(const std::vector<std::string>& sets) {
    std::map<std::string, Constant> constants;
    for (const std::string& text : sets) {
        const auto [name, value] = split_name(text);
        if (name.empty()) throw UsageError("--set " + text + ": it is not NAME=VALUE");
        try {
            constants[name] = parse_constant(value);
        } catch (const UsageError& error) {
            throw UsageError("--set " + text + ": " + error.what());
        }
    }
    return constants;
}

RunOptions::RunOptions(CLI::App& app, Verb verb) : app_(app), verb_(verb) {
    const auto several = [&](const char* name, std::vector<std::string>& to, const char* type, const char* help) {
        app.add_option(name, to, help)->type_name(type)->allow_extra_args(false);
    };
    const char* const languages = verb == Verb::check
                                      ? "GLSL compute shader, or SPIR-V (.spv)"
                                      : "GLSL compute shader, SPIR-V (.spv), or WGSL (.wgsl) for WebGPU";
    app.add_option("KERNEL", plain_.kernel, languages)->type_name("")->required();
    several("--in,-i", in_, "[NAME=]FILE", "Fill a buffer from this file");
    several("--out,-o", out_, "[NAME=]FILE[:TYPE][:SHAPE]", "Save a buffer to this file");
    several("--like", like_, "FILE", "Give the --out before it the type and shape of this file");
    app.add_option("--groups,-g", groups_, "Workgroups; without it, one invocation per element")
        ->type_name("X[,Y[,Z]]");
    several("--arg,-a", args_, "[NAME=]VALUE", "Scalar (push constant), by order or by name; 1,2,3 is a vector");
    several("--set,-s", sets_, "NAME=VALUE", "Specialisation constant, by name or by id");
    several("--define,-D", macros_, "NAME[=VALUE]", "GLSL macro");
    several("--include,-I", include_dirs_, "DIR", "Folder of GLSL #include files");
    app.add_option("--entry", entry_, "Entry point")->capture_default_str()->type_name("NAME");
    if (verb == Verb::check) add_checks();
    else add_device();
    app.add_option("--repeat", plain_.repeat, "Run the kernel N times over the same buffers")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000));
    app.add_option("--timeout", plain_.timeout_s, "Give up waiting after this long")
        ->type_name("SECONDS")
        ->capture_default_str()
        ->check(CLI::Range(0.001, 1e9));
    app.add_flag("--not-robust", unchecked_, "The kernel promises to stay inside its buffers");
    if (verb == Verb::trace)
        app.add_option("--trace,-t", plain_.trace, "Where to write the trace")->type_name("FILE")->required();
    if (verb == Verb::run) app.add_flag("--time", plain_.time, "Print the GPU time of each run");
    app.add_flag("--json", plain_.json, "Print a report as JSON");
    app.footer(verb == Verb::run ? kRunFooter : verb == Verb::trace ? kTraceFooter : kCheckFooter);
}

void RunOptions::add_device() {
    app_.add_option("--device,-d", plain_.device, "Index, backend:index, or part of a name (see `alkomp devices`)")
        ->type_name("DEVICE");
    app_.add_flag("--through-ir", plain_.options.through_ir, "Read GLSL or SPIR-V as IR, and give the device that");
}

void RunOptions::add_checks() {
    app_.add_option("--trace,-t", traced_, "Print what this invocation does, line by line, by its global id")
        ->type_name("I[,J[,K]]");
    app_.add_option("--per-place", checks_.per_place, "Faults told for each place of the source; more are counted")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    app_.add_option("--step-limit", checks_.step_limit, "Turns of loops that an invocation may take")->type_name("N");
    app_.add_option("--subgroup-size", checks_.subgroup_size, "Of kernels that ask for none: 1, 2, 4 ... 64")
        ->type_name("N")
        ->check(CLI::IsMember({1, 2, 4, 8, 16, 32, 64}));
    app_.add_option("--order-seed", checks_.order_seed, "Run the workgroups in an order made from this number")
        ->type_name("N");
    app_.add_flag("--not-finite", checks_.not_finite, "Look for NaN and infinity out of finite numbers too");
    app_.add_flag("--no-bounds", no_bounds_, "Do not look for accesses outside of arrays and buffers");
    app_.add_flag("--no-races", no_races_, "Do not look for data races");
    app_.add_flag("--no-uninitialized", no_uninitialized_, "Do not look for reads of memory that nobody wrote");
    app_.add_flag("--no-barriers", no_barriers_, "Do not look for barriers that not all reach");
    app_.add_flag("--no-arithmetic", no_arithmetic_, "Do not look for division by zero and shifts out of range");
}

CheckOptions RunOptions::checks() const {
    CheckOptions checks = checks_;
    checks.bounds = !no_bounds_;
    checks.races = !no_races_;
    checks.uninitialized = !no_uninitialized_;
    checks.barriers = !no_barriers_;
    checks.arithmetic = !no_arithmetic_;
    if (!traced_.empty()) checks.trace = parse_invocation(traced_);
    return checks;
}

RunRequest RunOptions::request() const {
    RunRequest request = plain_;
    std::size_t in = 0, out = 0, like = 0;
    for (const CLI::Option* option : app_.parse_order()) {
        if (option->check_lname("in")) {
            request.files.push_back(parse_file(in_[in++], false));
        } else if (option->check_lname("out")) {
            request.files.push_back(parse_file(out_[out++], true));
        } else if (option->check_lname("like")) {
            if (request.files.empty() || !request.files.back().output) {
                throw UsageError("--like " + like_[like] + ": no --out stands before it");
            }
            request.files.back().like = like_[like++];
        }
    }
    std::set<std::filesystem::path> written;
    for (const FileArgument& file : request.files) {
        if (file.output && !written.insert(file.path.lexically_normal()).second) {
            throw UsageError("--out " + file.path.string() + ": two buffers go to one file");
        }
    }
    for (const std::string& text : args_) {
        auto [name, value] = split_name(text);
        request.scalars.push_back({name, value});
    }
    request.options.constants = parse_constants(sets_);
    for (const std::string& text : macros_) {
        const std::size_t equals = text.find('=');
        request.options.macros[text.substr(0, equals)] = equals == std::string::npos ? "1" : text.substr(equals + 1);
    }
    for (const std::string& folder : include_dirs_) request.options.include_dirs.emplace_back(folder);
    request.options.entry = entry_;
    request.options.label = request.kernel.filename().string();
    request.options.robust = !unchecked_;
    if (!groups_.empty()) request.groups = parse_groups(groups_);
    if (verb_ == Verb::check) {
        request.check = checks();
        request.device = "reference";
    }
    return request;
}

}  // namespace alkomp::command
