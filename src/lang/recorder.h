// SPDX-License-Identifier: MIT OR Apache-2.0
// What turns the operations of a kernel's function into IR while the function runs.
#pragma once

#include "alkomp/lang/kernel.h"
#include "ir/builder.h"
#include "lang/recorded.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace alkomp::detail {

/// "file:line: sentence", with the source line where the file can be read.
[[nodiscard]] std::string at_place(Place place, const std::string& sentence);

/// One recording. The values that it gave out are of no use when it has ended.
class Recorder {
public:
    Recorder(std::string name, const RecordOptions& options, Place place);
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// This thread's; `place` is where it is asked for. Throws: compile_failed when nothing is being recorded.
    [[nodiscard]] static Recorder& current(Place place);
    [[nodiscard]] static Recorder* find() noexcept;
    static void set(Recorder* recorder) noexcept;

    [[noreturn]] void fail(Place place, const std::string& sentence) const;

    // Values.
    [[nodiscard]] ir::ValueId check(Node node, Place place);
    [[nodiscard]] Node node(ir::ValueId value) const { return {ir::place(value), serial_}; }
    [[nodiscard]] ir::TypeId type(const TypeInfo& info);
    Node emit(ir::Op op, std::span<const ir::ValueId> operands, Place place, std::span<const u32> immediates = {},
              ir::TypeId given = ir::TypeId::none, u8 flags = 0);
    [[nodiscard]] Node constant(const TypeInfo& type, const void* value);
    [[nodiscard]] Node same_lanes(const TypeInfo& type, u64 bits, Place place);
    [[nodiscard]] Node convert(Node value, const TypeInfo& type, Place place);
    [[nodiscard]] Node element(Node pointer, Node index, u32 count, Place place);
    void locate(Place place);
    [[nodiscard]] bool is_robust() const { return record_->robust; }
    [[nodiscard]] ir::Builder& builder() { return builder_; }
    [[nodiscard]] ir::Module& module() { return record_->module; }

    // Parameters.
    [[nodiscard]] Node buffer(const TypeInfo& element, BufferUse use);
    [[nodiscard]] Node scalar(const TypeInfo& info);
    [[nodiscard]] Node shared(const TypeInfo& info, Place place);
    [[nodiscard]] Node scratch(const TypeInfo& element, u32 count, u32 slot);
    [[nodiscard]] u32 workgroup_size(std::size_t axis);

    // Regions. Whatever follows a terminator is recorded and then dropped.
    ir::RegionId open_region(std::span<const ir::TypeId> parameters = {});
    template <class End>
    void close_region(const End& end) {
        if (!ended()) end();
        forget_region();
    }
    template <class End>
    void end_region(const End& end) {
        if (ended()) return;
        end();
        regions_.back().live = body().size();
    }
    /// Instructions of the innermost region so far.
    [[nodiscard]] std::size_t size() { return body().size(); }
    [[nodiscard]] bool ended() const { return regions_.back().live != kAll; }

    Mark mark(Node left, Place place);
    Node short_circuit(bool is_and, const Mark& mark, Node right);

    [[nodiscard]] Node call(const CallSite& site, const Node* arguments, FunctionBody body);
    void return_value(const Node* value, const TypeInfo* type, Place place);
    bool precise = false;     ///< floating-point instructions are recorded so
    Place pinned = kNowhere;  ///< the place of all that is recorded, if it is one

    /// What `break_` and `continue_` leave, from the outermost.
    struct Target {
        ir::InstructionId construct;
        bool is_loop = false;
        ir::ValueId number = ir::ValueId::none;  ///< of a `for_`: passed on to its continuing region
    };
    std::vector<Target> targets;
    /// The constructs of open `if_` and `switch_` chains.
    struct Chain {
        ir::InstructionId construct;
        Place place;
        std::size_t before = 0;  ///< instructions around a switch, itself included
        ir::Switch chooses;
        bool has_default = false;
        std::unordered_map<u64, u32> taken;  ///< case value to line
    };
    std::vector<Chain> chains;
    void close_choices(u32 depth, bool has_else) noexcept;
    void close_cases() noexcept;

    [[nodiscard]] std::shared_ptr<RecordedKernelRecord> finish();

private:
    static constexpr std::size_t kAll = ~std::size_t{0};
    struct OpenRegion {
        ir::RegionId id;
        std::size_t live = kAll;  ///< instructions up to its terminator
    };

    [[nodiscard]] std::vector<ir::InstructionId>& body() { return module()[regions_.back().id].body; }
    [[nodiscard]] static bool holds(const std::vector<OpenRegion>& regions, ir::RegionId region);
    void forget_region();
    [[nodiscard]] bool may_always_happen(std::span<const ir::InstructionId> instructions) const;
    [[nodiscard]] Node constant_part(const TypeInfo& info, const std::byte* bytes);
    [[nodiscard]] ir::TypeId array_of(const TypeInfo& element, u32 count);
    void check_effects();
    void skip_beyond_count();

    std::shared_ptr<RecordedKernelRecord> record_;
    u32 serial_;
    Place place_;
    std::vector<std::string> names_;
    std::size_t parameters_ = 0;
    u32 bindings_ = 0, scalar_bytes_ = 0;
    ir::Builder builder_;
    std::unordered_map<const TypeInfo*, ir::TypeId> types_;
    struct Scratch {
        ir::ValueId memory = ir::ValueId::none;
        u32 count = 0;
    };
    std::map<std::pair<const TypeInfo*, u32>, Scratch> scratch_;  ///< by element and slot
    std::vector<OpenRegion> regions_;                             ///< of the function that is being recorded
    std::vector<std::vector<OpenRegion>> callers_;                ///< the regions open at each call around it
    struct FunctionKey {
        u32 function = 0;
        std::vector<const TypeInfo*> parameters;
        bool operator<(const FunctionKey& other) const {
            return std::tie(function, parameters) < std::tie(other.function, other.parameters);
        }
    };
    struct RecordedFunction {
        ir::FunctionId id = ir::FunctionId::none;
        bool is_open = false;  ///< being recorded: a call now is recursion
    };
    std::map<FunctionKey, RecordedFunction> functions_;
    const TypeInfo* result_ = nullptr;  ///< of the function that is being recorded; null: none
    bool in_function_ = false;
    mutable bool is_spoiled_ = false;  ///< a mistake was told; what is recorded is not whole
    const char* file_ = nullptr;
    ir::StringId file_name_ = ir::StringId::none;
    std::optional<std::string> late_failure_;
};

}  // namespace alkomp::detail
