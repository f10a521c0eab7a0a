// SPDX-License-Identifier: MIT OR Apache-2.0
// Files in, one kernel, files out.
#include "run.h"

#include "bind.h"
#include "failure.h"
#include "npy.h"
#include "output_file.h"
#include "picture.h"
#include "progress.h"
#include "runtime/arguments.h"
#include "runtime/device.h"
#include "runtime/kernel.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>

namespace alkomp::command {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;
using Arrays = std::map<std::filesystem::path, Array>;

const Array* find(const Arrays& arrays, const std::filesystem::path& path) {
    const auto found = arrays.find(path);
    return found == arrays.end() ? nullptr : &found->second;
}

/// Every file that is named is read, and every place for an output tried, before the device is asked for anything.
Arrays read_files(const RunRequest& request) {
    Arrays arrays;
    const auto read = [&](const std::filesystem::path& path) {
        if (!path.empty() && !arrays.contains(path))
            arrays.emplace(path, is_picture(path) ? read_picture(path) : read_npy(path));
    };
    for (const FileArgument& file : request.files) {
        if (file.output) check_writable(file.path);
        else read(file.path);
        read(file.like);
    }
    return arrays;
}

/// One binding on the device.
struct BoundBuffer {
    BoundFiles files;
    Layout layout;  ///< of the memory
    Layout saved;   ///< of the output file; the same bytes
    DType type;     ///< of the elements, as the kernel gets them
    AnyView view;
};

Layout input_layout(const BindingInfo& binding, const FileArgument& file, const Array& array) {
    Layout layout{array.element, array.shape};
    if (is_picture(file.path) && binding.element.scalar == Scalar::u8) {
        layout.element = *element_from_name("u8");
        layout.shape.push_back(4);
    }
    return layout;
}

void check_output(const FileArgument& output, const Layout& saved) {
    if (!is_picture(output.path)) return;
    try {
        check_picture(saved.element, saved.shape);
    } catch (const Failure& failure) {
        throw Failure(output.path.string() + ": " + failure.what());
    }
}

std::vector<BoundBuffer> plan(const Interface& interface, const RunRequest& request, const Arrays& arrays) {
    const std::vector<BoundFiles> files = bind_files(interface, request.files);
    const auto first = std::ranges::find(request.files, false, &FileArgument::output);
    std::vector<BoundBuffer> out(files.size());
    std::optional<Shape> elements;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const BindingInfo& binding = interface.bindings[i];
        out[i].files = files[i];
        if (files[i].input == nullptr) continue;
        out[i].layout = input_layout(binding, *files[i].input, arrays.at(files[i].input->path));
        out[i].type = call_type(binding, out[i].layout);
        if (files[i].input == &*first) elements = element_shape(binding, out[i].layout);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        const FileArgument* output = files[i].output;
        if (output == nullptr) continue;
        const BindingInfo& binding = interface.bindings[i];
        const Array* like = find(arrays, output->like);
        if (files[i].input != nullptr) {
            out[i].saved = inplace_layout(*output, like, out[i].layout);
        } else {
            out[i].layout = out[i].saved = output_layout(binding, *output, like, elements ? &*elements : nullptr);
            out[i].type =
                output->element ? kernel_type(binding, *output, out[i].layout) : call_type(binding, out[i].layout);
        }
        check_output(*output, out[i].saved);
    }
    return out;
}

void upload(Device& device, const Interface& interface, const Arrays& arrays, std::vector<BoundBuffer>& buffers) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        BoundBuffer& buffer = buffers[i];
        const u64 bytes = array_bytes(buffer.layout.element, buffer.layout.shape);
        buffer.view = device.empty(buffer.type, bytes / buffer.type.size_bytes);
        buffer.view.set_label(interface.bindings[i].name);
        if (buffer.files.input != nullptr)
            device.stream().write_bytes(buffer.view, arrays.at(buffer.files.input->path).bytes);
        else device.stream().fill_bytes(buffer.view, {});
    }
}

/// The arguments of the call; they borrow from what is given.
std::vector<detail::Argument> arguments(const std::vector<BoundBuffer>& buffers,
                                        const std::vector<ScalarValue>& scalars, const std::optional<Groups>& groups) {
    std::vector<detail::Argument> out;
    if (groups) out.push_back(detail::make_argument(*groups));
    for (const BoundBuffer& buffer : buffers) out.push_back(detail::make_argument(buffer.view));
    for (const ScalarValue& scalar : scalars) {
        detail::Argument argument;
        argument.kind = detail::Argument::Kind::scalar;
        argument.scalar = scalar.type.scalar;
        argument.lanes = static_cast<u8>(scalar.type.lanes * scalar.type.columns);
        argument.size_bytes = static_cast<u32>(scalar.bytes.size());
        argument.value = scalar.bytes.data();
        out.push_back(argument);
    }
    return out;
}

/// Records in slices, so that a long run shows how far it is and one slice never holds all commands.
void call_repeatedly(Device& device, const Kernel& kernel, const RunRequest& request,
                     std::span<const detail::Argument> list) {
    constexpr u32 kSlice = 1024;
    const auto deadline =
        Clock::now() + std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(request.timeout_s));
    Progress progress(request.check ? "checking" : "running", request.repeat);
    for (u32 done = 0; done < request.repeat;) {
        const u32 end = std::min(request.repeat, done + kSlice);
        for (; done < end; ++done) device.stream().call_erased(kernel, list);
        while (!device.stream().wait_for(std::chrono::milliseconds(100))) {
            progress.show(done - 1, device.progress());
            if (Clock::now() < deadline) continue;
            // The driver may never return from tearing down work that does not end.
            device.abandon();
            std::ostringstream limit;
            limit << request.timeout_s;
            throw Failure("the kernel did not end within " + limit.str() + " s; --timeout allows more");
        }
        progress.show(done);
    }
}

/// The invocation that is to be traced is one of the call's.
void check_traced(const Device& device, const Kernel& kernel, std::span<const detail::Argument> list,
                  const std::array<u32, 3>& id) {
    detail::CheckedCall call;
    detail::check_arguments(*device.record(), *kernel.record(), list, call);
    std::string grid;
    bool inside = true;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const u64 count = call.nothing ? 0 : u64{call.groups[i]} * kernel.workgroup_size()[i];
        inside = inside && id[i] < count;
        grid += (i == 0 ? "" : " x ") + std::to_string(count);
    }
    if (inside) return;
    throw UsageError("--trace " + std::to_string(id[0]) + ',' + std::to_string(id[1]) + ',' + std::to_string(id[2]) +
                     ": the kernel runs " + grid + " invocations, counted from 0, and this is none of them");
}

void save(Device& device, const std::vector<BoundBuffer>& buffers, std::vector<OutputFile>& files) {
    for (const BoundBuffer& buffer : buffers) {
        if (buffer.files.output == nullptr) continue;
        std::vector<std::byte> bytes(static_cast<std::size_t>(buffer.view.size_bytes()));
        device.stream().read_bytes(buffer.view, bytes);
        OutputFile& file = files.emplace_back(buffer.files.output->path);
        if (is_picture(buffer.files.output->path)) {
            file.write(encode_picture(buffer.saved.element, buffer.saved.shape, bytes));
        } else {
            file.write(npy_header(buffer.saved.element, buffer.saved.shape));
            file.write(bytes);
        }
    }
}

std::optional<RunTime> kernel_time(const Profile& profile, const std::string& label) {
    RunTime time;
    u64 total = 0;
    for (const ProfileSpan& span : profile.spans) {
        if (span.name != label) continue;
        time.least_ns = time.runs == 0 ? span.duration_ns : std::min(time.least_ns, span.duration_ns);
        time.greatest_ns = std::max(time.greatest_ns, span.duration_ns);
        total += span.duration_ns;
        ++time.runs;
    }
    if (time.runs == 0) return std::nullopt;
    time.mean_ns = total / time.runs;
    return time;
}

std::vector<RunBuffer> describe_buffers(const Interface& interface, const std::vector<BoundBuffer>& buffers) {
    std::vector<RunBuffer> out;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const BindingInfo& binding = interface.bindings[i];
        const BoundBuffer& buffer = buffers[i];
        const Layout& layout = buffer.files.output != nullptr ? buffer.saved : buffer.layout;
        out.push_back({binding.name, binding.set, binding.binding, to_string(layout.element.type), layout.shape,
                       buffer.files.input != nullptr ? buffer.files.input->path.string() : "",
                       buffer.files.output != nullptr ? buffer.files.output->path.string() : ""});
    }
    return out;
}

}  // namespace

Source read_kernel(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::array<unsigned char, 4> start{};
    stream.read(reinterpret_cast<char*>(start.data()), start.size());
    const u32 word = start[0] | u32{start[1]} << 8 | u32{start[2]} << 16 | u32{start[3]} << 24;
    const bool magic = stream && (word == 0x07230203U || word == 0x03022307U);
    if (path.extension() == ".wgsl") return wgsl_file(path);
    return magic || path.extension() == ".spv" ? spirv_file(path) : glsl_file(path);
}

RunReport run(const RunRequest& request) {
    const Source source = read_kernel(request.kernel);
    const Arrays arrays = read_files(request);
    RunReport report;
    DeviceOptions options{.profile = request.time, .check = request.check};
    options.on_fault = [](const Fault&) {};  // the report has them all
    if (request.json) options.on_trace = [&](const TraceStep& step) { report.steps.push_back(step); };
    Device device(request.device, options);
    const Kernel kernel = device.compile(source, request.options);
    const Interface& interface = kernel.record()->interface;
    std::vector<BoundBuffer> buffers = plan(interface, request, arrays);
    const std::vector<ScalarValue> scalars = parse_scalars(interface, request.scalars);
    upload(device, interface, arrays, buffers);
    const std::vector<detail::Argument> list = arguments(buffers, scalars, request.groups);

    if (request.check && request.check->trace) check_traced(device, kernel, list, *request.check->trace);

    const auto begin = Clock::now();
    try {
        call_repeatedly(device, kernel, request, list);
    } catch (const Error& error) {
        if (!request.check || device.faults().empty()) throw;
        report.failure = error.what();
    }
    report.wall_ns = static_cast<u64>(nanoseconds(Clock::now() - begin).count());
    report.faults = device.faults();
    std::vector<OutputFile> files;
    if (report.failure.empty()) save(device, buffers, files);
    for (OutputFile& file : files) file.commit();

    report.kernel = kernel.label();
    report.device = device.info().name;
    report.device_key = device.info().backend + ":" + std::to_string(device.info().backend_index);
    report.groups = request.groups;
    report.workgroup_size = kernel.workgroup_size();
    report.repeat = request.repeat;
    report.buffers = describe_buffers(interface, buffers);
    report.timed = request.time;
    if (request.time) {
        report.profile = device.profile();
        report.time = kernel_time(report.profile, report.kernel);
    }
    return report;
}

}  // namespace alkomp::command
