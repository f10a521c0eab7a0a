// SPDX-License-Identifier: MIT OR Apache-2.0
// The command line of `run`, `trace` and `check`, taken apart.
#pragma once

#include "alkomp/check.h"
#include "alkomp/kernel.h"
#include "array.h"

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace alkomp::command {

/// One --in or --out. They stand in the order of the command line.
struct FileArgument {
    bool output = false;
    std::string binding;  ///< a binding's name or number; empty: by order
    std::filesystem::path path;
    std::optional<ElementType> element;  ///< of an output: what its name says
    std::optional<Shape> shape;
    std::filesystem::path like;  ///< of an output: the file that it takes type and shape from
};

/// One --arg: a scalar parameter of the kernel.
struct ScalarText {
    std::string name;  ///< empty: by order
    std::string text;
};

struct RunRequest {
    std::filesystem::path kernel;
    std::vector<FileArgument> files;
    std::vector<ScalarText> scalars;
    KernelOptions options;
    std::optional<Groups> groups;  ///< none: one invocation per element
    std::string device;
    u32 repeat = 1;
    double timeout_s = 60;
    bool time = false;
    bool json = false;
    std::filesystem::path trace;        ///< of `trace`: where to write it
    std::optional<CheckOptions> check;  ///< of `check`
};

/// The verbs that run one kernel over files.
enum class Verb : u8 { run, trace, check };

/// The options of a verb as CLI11 collects them; `request` is called after the parse.
class RunOptions {
public:
    RunOptions(CLI::App& app, Verb verb);
    /// Throws UsageError.
    [[nodiscard]] RunRequest request() const;

private:
    void add_device();
    void add_checks();
    [[nodiscard]] CheckOptions checks() const;

    CLI::App& app_;
    Verb verb_;
    RunRequest plain_;
    CheckOptions checks_;
    std::string traced_;
    bool no_bounds_ = false, no_races_ = false, no_uninitialized_ = false, no_barriers_ = false, no_arithmetic_ = false;
    std::vector<std::string> in_, out_, like_, args_, sets_, macros_, include_dirs_;
    std::string groups_, entry_ = "main";
    bool unchecked_ = false;
};

/// "a.npy", "name=a.npy", and for outputs "b.npy:f32", "b.npy:4x4", "b.npy:f32:4x4". Throws UsageError.
[[nodiscard]] FileArgument parse_file(const std::string& text, bool output);
/// "1024", "16,16", "4,4,4". Throws UsageError.
[[nodiscard]] Groups parse_groups(const std::string& text);
/// "7", "7,8", "7,8,9": a global id. Throws UsageError.
[[nodiscard]] std::array<u32, 3> parse_invocation(const std::string& text);
/// "true", "4", "-3", "2.5". Throws UsageError.
[[nodiscard]] Constant parse_constant(const std::string& text);
/// Of each --set: "N=4". Throws UsageError.
[[nodiscard]] std::map<std::string, Constant> parse_constants(const std::vector<std::string>& sets);

}  // namespace alkomp::command
