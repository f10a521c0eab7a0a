// SPDX-License-Identifier: MIT OR Apache-2.0
// Matching files and words of the command line to a kernel's reflected interface.
#include "bind.h"

#include "failure.h"

#include <algorithm>

namespace alkomp::command {
namespace {

std::string option(const FileArgument& file) {
    return std::string(file.output ? "--out " : "--in ") + (file.binding.empty() ? "" : file.binding + "=") +
           file.path.string();
}

std::string list(const Interface& interface) {
    if (interface.bindings.empty()) return "the kernel takes no buffers";
    std::string out = "the kernel takes ";
    for (const BindingInfo& binding : interface.bindings) {
        if (&binding != &interface.bindings.front()) out += ", ";
        out += describe(binding);
    }
    return out;
}

std::size_t find_binding(const Interface& interface, const FileArgument& file) {
    const auto& bindings = interface.bindings;
    // GLSL has a name for the block and one for each member; where there is one member, people mean either.
    const auto by_member = [&](const BindingInfo& binding) {
        return binding.fields.size() == 1 && binding.fields[0].name == file.binding;
    };
    const auto by_number = [&](const BindingInfo& binding) {
        return binding.set == 0 && std::to_string(binding.binding) == file.binding;
    };
    auto found = std::ranges::find(bindings, file.binding, &BindingInfo::name);
    if (found == bindings.end() && std::ranges::count_if(bindings, by_member) == 1)
        found = std::ranges::find_if(bindings, by_member);
    if (found == bindings.end()) found = std::ranges::find_if(bindings, by_number);
    if (found != bindings.end()) return static_cast<std::size_t>(found - bindings.begin());
    throw Failure(option(file) + ": the kernel has no buffer '" + file.binding + "'; " + list(interface));
}

void attach(BoundFiles& to, const BindingInfo& binding, const FileArgument& file) {
    const FileArgument*& place = file.output ? to.output : to.input;
    if (place != nullptr) throw Failure(option(file) + ": buffer '" + binding.name + "' already has " + option(*place));
    place = &file;
}

/// The scalars of one vector or matrix as the kernel's array holds them, padding included.
Shape lanes(const DType& type, u64 stride_bytes) {
    const u64 per_column = stride_bytes / type.columns / size_bytes(type.scalar);
    Shape out;
    if (type.columns > 1) out.push_back(type.columns);
    out.push_back(per_column);
    return out;
}

/// Elements are vectors or matrices, or scalars with padding.
bool is_vector(const BindingInfo& binding) {
    return binding.element.scalar != Scalar::record && binding.stride_bytes > size_bytes(binding.element.scalar);
}

[[noreturn]] void undecided(const BindingInfo& binding, const FileArgument& output, const std::string& why) {
    throw Failure(option(output) + ": " + why + " of '" + binding.name + "' is open; say it as in " +
                  output.path.string() + ":f32:480x640, or add --like FILE");
}

/// The whole of a block without a runtime array: its only array where it has one member, else one record.
Layout block_layout(const BindingInfo& binding, const FileArgument& output) {
    if (binding.fields.size() == 1 && binding.fields[0].type.scalar != Scalar::record) {
        const Field& field = binding.fields[0];
        const u64 stride = field.stride_bytes != 0 ? field.stride_bytes : field.type.size_bytes;
        Shape shape;
        if (field.stride_bytes != 0) shape.push_back(field.count);
        if (stride != size_bytes(field.type.scalar)) {
            for (const u64 extent : lanes(field.type, stride)) shape.push_back(extent);
        }
        if (auto element = element_from_type(DType(field.type.scalar))) return {*element, shape};
    }
    const auto element = element_from_type(binding.element);
    if (!element || element->type.size_bytes != binding.fixed_bytes) undecided(binding, output, "the type");
    return {*element, {}};
}

}  // namespace

std::string describe(const BindingInfo& binding) {
    std::string out = "'" + binding.name + "' (";
    out += binding.kind == BindingKind::uniform ? "uniform " : "";
    out += binding.reads && binding.writes ? "read and written " : binding.writes ? "written " : "read ";
    return out + to_string(binding.element) + (binding.stride_bytes != 0 ? "[])" : ")");
}

std::vector<BoundFiles> bind_files(const Interface& interface, std::span<const FileArgument> files) {
    const auto& bindings = interface.bindings;
    std::vector<BoundFiles> bound(bindings.size());
    for (const FileArgument& file : files) {
        if (file.binding.empty()) continue;
        const std::size_t index = find_binding(interface, file);
        attach(bound[index], bindings[index], file);
    }
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < bound.size(); ++i) {
        if (bound[i].input == nullptr && bound[i].output == nullptr) open.push_back(i);
    }
    std::size_t next = 0;
    for (const FileArgument& file : files) {
        if (!file.binding.empty()) continue;
        if (bindings.size() == 1) {
            attach(bound[0], bindings[0], file);
        } else if (next < open.size()) {
            attach(bound[open[next]], bindings[open[next]], file);
            ++next;
        } else {
            std::string advice;
            if (file.output && !bindings.empty()) {
                advice = "; to save a buffer that a file fills, name it: --out " + bindings.front().name + "=" +
                         file.path.string();
            }
            throw Failure(option(file) + ": no buffer is left for it: " + list(interface) + advice);
        }
    }
    for (std::size_t i = 0; i < bound.size(); ++i) {
        if (bound[i].input == nullptr && bound[i].output == nullptr) {
            throw Failure("buffer " + describe(bindings[i]) + " has neither --in nor --out; " + list(interface));
        }
        if (bound[i].input == nullptr && !bindings[i].writes) {
            throw Failure(option(*bound[i].output) + ": the kernel only reads " + describe(bindings[i]) +
                          ", so it needs an --in");
        }
    }
    return bound;
}

Shape element_shape(const BindingInfo& binding, const Layout& layout) {
    const bool scalars = layout.element.type.scalar == binding.element.scalar && layout.element.type.lanes == 1;
    if (!is_vector(binding) || !scalars) return layout.shape;
    const Shape tail = lanes(binding.element, binding.stride_bytes);
    const bool whole =
        layout.shape.size() >= tail.size() && std::equal(tail.rbegin(), tail.rend(), layout.shape.rbegin());
    return whole ? Shape(layout.shape.begin(), layout.shape.end() - static_cast<std::ptrdiff_t>(tail.size()))
                 : layout.shape;
}

Layout output_layout(const BindingInfo& binding, const FileArgument& output, const Array* like, const Shape* elements) {
    Layout layout;
    if (like != nullptr) layout = {like->element, like->shape};
    const bool known = like != nullptr || output.element || output.shape;
    if (!known && binding.stride_bytes == 0) return block_layout(binding, output);
    if (!known && binding.fixed_bytes > 0) {
        throw Failure(option(output) + ": '" + binding.name + "' has " + std::to_string(binding.fixed_bytes) +
                      " bytes before its array, which no .npy type tells; say its bytes as in " + output.path.string() +
                      ":u8:1024");
    }
    if (like == nullptr) {
        if (!output.shape && elements == nullptr) undecided(binding, output, "the shape");
        const bool simple = binding.element.scalar != Scalar::record;
        const auto element = element_from_type(simple ? DType(binding.element.scalar) : binding.element);
        if (!output.element && !element) undecided(binding, output, "the type");
        if (element) layout.element = *element;
        if (elements != nullptr) layout.shape = *elements;
        if (is_vector(binding) && !output.element) {
            const Shape tail = lanes(binding.element, binding.stride_bytes);
            layout.shape.insert(layout.shape.end(), tail.begin(), tail.end());
        }
    }
    if (output.element) layout.element = *output.element;
    if (output.shape) layout.shape = *output.shape;
    return layout;
}

Layout inplace_layout(const FileArgument& output, const Array* like, const Layout& input) {
    Layout layout = input;
    if (like != nullptr) layout = {like->element, like->shape};
    if (output.element) layout.element = *output.element;
    if (output.shape) layout.shape = *output.shape;
    const u64 given = array_bytes(layout.element, layout.shape);
    const u64 wanted = array_bytes(input.element, input.shape);
    if (given != wanted) {
        throw Failure(option(output) + ": " + to_string(layout.element.type) + to_string(layout.shape) + " has " +
                      std::to_string(given) + " bytes, the buffer that its --in fills has " + std::to_string(wanted));
    }
    return layout;
}

DType call_type(const BindingInfo& binding, const Layout& layout) {
    const DType& given = layout.element.type;
    const bool same = given.scalar == binding.element.scalar && given.scalar != Scalar::record && given.lanes == 1;
    if (!same || layout.shape.empty() || layout.shape.back() > 4) return given;
    const u8 last = static_cast<u8>(layout.shape.back());
    return last > 1 && u64{last} * given.size_bytes == binding.stride_bytes ? DType(given.scalar, last) : given;
}

DType kernel_type(const BindingInfo& binding, const FileArgument& output, const Layout& layout) {
    const u64 bytes = array_bytes(layout.element, layout.shape);
    const u64 wanted = binding.stride_bytes != 0 ? binding.stride_bytes : binding.fixed_bytes;
    if (binding.stride_bytes != 0 && binding.fixed_bytes != 0) return DType(Scalar::u8);
    if (binding.stride_bytes != 0 ? bytes % wanted != 0 : bytes != wanted) {
        throw Failure(option(output) + ": " + to_string(layout.element.type) + to_string(layout.shape) + " has " +
                      std::to_string(bytes) + " bytes, which is not " +
                      (binding.stride_bytes != 0 ? "whole elements" : "the size") + " of " + describe(binding));
    }
    return binding.element.size_bytes == wanted ? binding.element : DType::opaque(static_cast<u32>(wanted));
}

}  // namespace alkomp::command
