// SPDX-License-Identifier: MIT OR Apache-2.0
// Every kernel of the corpus, on every device, in every way: the results are equal.
#include "corpus/assemble.h"
#include "corpus/counts.h"
#include "corpus/run_kernel.h"
#include "support/device_test.h"

#include <cstdlib>
#include <memory>
#include <optional>

namespace alkomp::testing {
namespace {

/// The devices that take SPIR-V or IR, opened once.
class Devices : public ::testing::Environment {
public:
    struct Opened {
        TestDevice device;
        Device gpu;
    };
    [[nodiscard]] std::vector<Opened>& all() {
        if (devices_.empty())
            for (const TestDevice& device : test_devices())
                if (device.backend != "memory") devices_.push_back({device, Device(device.index)});
        return devices_;
    }
    /// After a failure of one: the next kernel finds fresh ones.
    void close() { devices_.clear(); }

    Counts counts;

private:
    void TearDown() override {
        close();
        std::map<std::string, u32> files;
        for (const KernelFile& file : kernel_files()) ++files[file.theme];
        const std::string problems = counts.problems(files);
        if (!problems.empty()) ADD_FAILURE() << problems;
    }
    std::vector<Opened> devices_;
};

Devices& devices() {
    static auto* environment = static_cast<Devices*>(::testing::AddGlobalTestEnvironment(new Devices));
    return *environment;
}
[[maybe_unused]] const Devices& registered = devices();  // before main starts the tests

class Corpus : public ::testing::TestWithParam<KernelFile> {
protected:
    void run(Devices::Opened& on, const Way& way) {
        const KernelFile& file = GetParam();
        if (!can_assemble(file)) return;  // its theme is not counted, which is printed
        std::string missing = lacking(on.gpu, file.needs);
        // The library reflects words with the SPIRV-Tools that it was built with.
        if (missing.empty() && file.wants_newer_tools && !way.is_read) missing = "newer SPIRV-Tools";
        std::string refusal;
        for (const auto& [device, sentence] : file.refusals)
            if (fits(device, on.device.name) && !way.lacks_subgroups) refusal = sentence;
        const bool runs = missing.empty() && lacking(on.gpu, file.assumed).empty() &&
                          lacking_matrix(on.gpu, file).empty() && refusal.empty() &&
                          (way.takes == nullptr || way.takes(file));
        devices().counts.add(on.device.name + suffix(), way.name, file.theme, runs);
        if (!refusal.empty()) return expect_refused(on.gpu, way, refusal);
        if (!missing.empty() && !way.is_read && takes_spirv(on.gpu)) expect_refused(on.gpu, way, "");
        if (!runs) return;
        for (const KnownFailure& known : file.known_failures)
            if (fits(known.device, on.device.name) && fits(known.way, way.name))
                return known_failure(known.reason, [&] { check_result(on, way); });
        check_result(on, way);
    }
    static bool fits(std::string_view wanted, std::string_view name) {
        return wanted.ends_with('*') ? name.starts_with(wanted.substr(0, wanted.size() - 1)) : name == wanted;
    }
    void check_result(Devices::Opened& on, const Way& way) {
        const KernelFile& file = GetParam();
        const KernelResult result = run_kernel(on.gpu, way.compile(on.gpu, file), file);
        if (const std::string text = broken_expectation(file, result); !text.empty()) {
            ADD_FAILURE() << "the head expects other results:" << text;
            return;  // with which no other run is compared
        }
        if (!first_) {
            first_ = result;
            first_name_ = on.device.name + ", " + way.name;
        } else if (const std::string text = difference(file, *first_, result, 2); !text.empty()) {
            ADD_FAILURE() << "the results are not those of " << first_name_ << ':' << text;
        }
    }
    /// The validation layer hides what is newer than it.
    static std::string suffix() {
        const char* mode = std::getenv("ALKOMP_VULKAN_VALIDATION");
        return mode != nullptr && std::string_view(mode) == "1" ? "+validation" : "";
    }
    /// Others get what is made of the IR, which may need less than the head names.
    static bool takes_spirv(const Device& gpu) { return gpu.capabilities().limits.spirv_version != 0; }
    static bool takes_wgsl(const Device& gpu) { return gpu.capabilities().wgsl.dialect != WgslSupport::Dialect::none; }
    /// What the device lacks is found out before the driver sees the kernel. `why`: what the error says among else.
    static void expect_refused(Device& gpu, const Way& way, const std::string& why) {
        try {
            static_cast<void>(way.compile(gpu, GetParam()));
            ADD_FAILURE() << "it was compiled, and the device cannot run it";
        } catch (const Error& error) {
            // Of WGSL that is given, it is the text that the device's compiler refuses.
            const bool is_refused_text = way.is_wgsl && error.code() == ErrorCode::compile_failed;
            EXPECT_TRUE(is_refused_text || error.code() == ErrorCode::unsupported) << error.what();
            EXPECT_THAT(error.what(), ::testing::HasSubstr(why));
        }
    }
    std::optional<KernelResult> first_;  // of the test's runs
    std::string first_name_;
};

TEST_P(Corpus, gives_the_same_on_each_device_in_each_way) {
    for (Devices::Opened& on : devices().all())
        for (const Way& way : ways()) {
            // WGSL is made of the IR in all of them.
            const bool is_other = way.name != "made" && way.name != "speed" && !way.lacks_subgroups && !way.is_wgsl;
            if (takes_wgsl(on.gpu) ? is_other : way.is_wgsl) continue;
            SCOPED_TRACE(on.device.name + ", " + way.name);
            try {
                run(on, way);
            } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
                devices().close();
                return;
            }
        }
}

std::string name_of(const ::testing::TestParamInfo<KernelFile>& info) {
    return info.param.theme + '_' + info.param.name;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Corpus);
INSTANTIATE_TEST_SUITE_P(, Corpus, ::testing::ValuesIn(kernel_files()), name_of);

}  // namespace
}  // namespace alkomp::testing
