// SPDX-License-Identifier: MIT OR Apache-2.0
// The command `alkomp`: reads the command line, runs one verb, prints its report.
#include "alkomp/version.h"
#include "failure.h"
#include "print.h"
#include "request.h"
#include "translate.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <new>

namespace alkomp::command {
namespace {

constexpr const char* kFooter = R"(Examples:
  alkomp devices
  alkomp doctor
  alkomp run kernel.comp --in a.npy --out b.npy --groups 1024
  alkomp trace kernel.comp --in a.npy --out b.npy --trace out.json
  alkomp check kernel.comp --in a.npy --out b.npy
  alkomp translate kernel.comp --to spirv
`alkomp VERB --help` tells more about each.
)";
constexpr const char* kDevicesFooter = R"(Examples:
  alkomp devices
  alkomp devices --all
  alkomp devices --json | jq '.devices[].name'
)";
constexpr const char* kDoctorFooter =
    R"(Exit status 0: a device computes here. 1: none does; the last lines say what would help.

Examples:
  alkomp doctor
  alkomp doctor --json | jq '.mends[].command'
)";

struct Flags {
    bool json = false;
    bool all = false;
};

/// Prints a report whole; a closed pipe or a full disk is an error like any other.
void print(const std::string& report) {
    if (std::fwrite(report.data(), 1, report.size(), stdout) != report.size() || std::fflush(stdout) != 0) {
        throw Failure("the report cannot be written to standard output");
    }
}

int devices(const Flags& flags) {
    const DevicesReport report = list_devices();
    print(flags.json ? json(report) : text(report, {.all = flags.all}));
    return 0;
}

int doctor(const Flags& flags) {
    const DoctorReport report = examine();
    print(flags.json ? json(report) : text(report));
    return report.usable() ? 0 : 1;
}

int check(const RunRequest& request) {
    const RunReport report = run(request);
    print(request.json ? faults_json(report) : faults_text(report));
    return report.faults.empty() ? 0 : 1;
}

int run_or_trace(const RunRequest& request, bool traced) {
    const RunReport report = traced ? trace(request) : run(request);
    print(request.json ? json(report) : text(report));
    return 0;
}

int translate_kernel(const TranslateRequest& request) {
    const TranslateReport report = translate(request);
    const std::string words(reinterpret_cast<const char*>(report.words.data()), report.words.size() * sizeof(u32));
    print(request.json ? json(report) : report.words.empty() ? report.text : words);
    return 0;
}

/// Runs a verb; whatever it throws becomes one message that starts with its name. `failed`: the exit status then.
int guarded(const std::string& verb, const std::function<int()>& act, int failed = 1) {
    const auto complain = [&](const char* what) { std::fprintf(stderr, "alkomp %s: %s\n", verb.c_str(), what); };
    try {
        return act();
    } catch (const UsageError& error) {
        complain(error.what());
        return 2;
    } catch (const std::bad_alloc&) {
        complain("there is not enough memory on the host");
        return failed;
    } catch (const std::exception& error) {
        complain(error.what());
        return failed;
    }
}

int usage(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const std::string verb = chosen.empty() ? "" : " " + chosen.front()->get_name();
    std::string what = error.what();
    if (chosen.empty() && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError)) {
        const std::vector<std::string> words = app.remaining();
        what = (words.empty() ? "a verb is missing" : "there is no verb '" + words.front() + "'") +
               std::string("; there are devices, doctor, run, trace, check and translate");
    }
    std::fprintf(stderr, "alkomp%s: %s (see `alkomp%s --help`)\n", verb.c_str(), what.c_str(), verb.c_str());
    return 2;
}

int start(int count, char** words) {
    CLI::App app("Runs compute kernels on every GPU.", "alkomp");
    app.set_version_flag("--version", "alkomp " ALKOMP_VERSION);
    app.footer(kFooter);
    app.require_subcommand(1);

    Flags flags;
    CLI::App& devices_verb = *app.add_subcommand("devices", "List the devices of this machine");
    devices_verb.add_flag("--all,-v", flags.all, "Show limits and features");
    devices_verb.add_flag("--json", flags.json, "Print a report as JSON");
    devices_verb.footer(kDevicesFooter);
    CLI::App& doctor_verb =
        *app.add_subcommand("doctor", "Say what was looked for, what was found and what would help");
    doctor_verb.add_flag("--json", flags.json, "Print a report as JSON");
    doctor_verb.footer(kDoctorFooter);
    CLI::App& run_verb = *app.add_subcommand("run", "Run one kernel over files");
    const RunOptions run_options(run_verb, Verb::run);
    CLI::App& trace_verb = *app.add_subcommand("trace", "Run one kernel over files and record where the time goes");
    const RunOptions trace_options(trace_verb, Verb::trace);
    CLI::App& check_verb = *app.add_subcommand("check", "Run one kernel over files and say what is wrong with it");
    const RunOptions check_options(check_verb, Verb::check);
    CLI::App& translate_verb = *app.add_subcommand("translate", "Show what a kernel becomes: IR or SPIR-V");
    const TranslateOptions translate_options(translate_verb);

    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        return usage(app, error);
    }
    if (devices_verb.parsed()) return guarded("devices", [&] { return devices(flags); });
    if (doctor_verb.parsed()) return guarded("doctor", [&] { return doctor(flags); });
    if (run_verb.parsed()) return guarded("run", [&] { return run_or_trace(run_options.request(), false); });
    if (check_verb.parsed())
        return guarded(
            "check", [&] { return check(check_options.request()); }, 2);
    if (translate_verb.parsed())
        return guarded("translate", [&] { return translate_kernel(translate_options.request()); });
    return guarded("trace", [&] { return run_or_trace(trace_options.request(), true); });
}

}  // namespace
}  // namespace alkomp::command

int main(int count, char** words) { return alkomp::command::start(count, words); }
