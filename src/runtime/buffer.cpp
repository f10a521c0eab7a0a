// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers and views: making them, taking parts of them, and how messages name them.
#include "runtime/buffer.h"

#include "runtime/device.h"
#include "runtime/registry.h"

#include <mutex>

namespace alkomp {
namespace detail {
namespace {

// Labels are read by messages that are made with and without the device's lock. It lives as long as
// the process: a device may be dropped by a static's destructor.
std::mutex& label_mutex() {
    static auto* mutex = new std::mutex;
    return *mutex;
}

const std::shared_ptr<BufferRecord>& record_of(const AnyView& view, const char* function) {
    if (!view.record())
        throw Error(ErrorCode::invalid_argument,
                    std::string(function) + ": the buffer is empty: it was moved from or never set.");
    return view.record();
}

std::string device_text(const DeviceRecord& device) {
    return "\"" + device.info.name + "\" (" + device.info.backend + ":" + std::to_string(device.info.backend_index) +
           ")";
}

std::string elements_text(const DType& type, u64 count) { return to_string(type) + "[" + std::to_string(count) + "]"; }

}  // namespace

BufferRecord::~BufferRecord() {
    if (!device || forked()) return;
    const std::lock_guard lock(device->mutex);
    delist(*device, *this);
    if (block.id != backend::BufferId::none) device->pool.give(*device, block, uses);
}

void enlist(DeviceRecord& device, BufferRecord& record) {
    record.place = device.buffers.size();
    device.buffers.push_back(&record);
}

void delist(DeviceRecord& device, BufferRecord& record) noexcept {
    BufferRecord*& place = device.buffers[record.place];
    place = device.buffers.back();
    place->place = record.place;
    device.buffers.pop_back();
}

std::shared_ptr<BufferRecord> make_buffer(const std::shared_ptr<DeviceRecord>& device, u64 size_bytes,
                                          const char* function) {
    auto record = std::make_shared<BufferRecord>();
    record->size_bytes = size_bytes;
    if (size_bytes != 0) {
        device->transfers->reserve();
        record->block = take_block(*device, size_bytes, function);
    }
    const std::lock_guard lock(device->mutex);
    enlist(*device, *record);
    record->device = device;
    return record;
}

ErrorCode distrust_code(const DeviceRecord& device, const BufferRecord& record) {
    return device.lost ? ErrorCode::device_lost : record.poison_code;
}

void check_trusted(const DeviceRecord& device, const BufferRecord& record, const char* function) {
    if (record.poison.empty()) return;
    throw Error(distrust_code(device, record),
                std::string(function) + ": the buffer of " + std::to_string(record.size_bytes) + " bytes" +
                    (record.label.empty() ? "" : " \"" + record.label + "\"") +
                    " cannot be trusted, since work that wrote it failed: " + record.poison);
}

BufferRecord& checked_record(const AnyView& view, const DeviceRecord& device, const char* function) {
    BufferRecord& record = *record_of(view, function);
    if (record.device.get() != &device) {
        throw Error(ErrorCode::invalid_argument, std::string(function) + ": " + describe(view) + " belongs to device " +
                                                     device_text(*record.device) + "; this call is on device " +
                                                     device_text(device) + ".");
    }
    return record;
}

std::string describe(const AnyView& view) {
    if (!view.record()) return "an empty buffer";
    const std::string label = view.label();
    return elements_text(view.dtype(), view.count()) + (label.empty() ? "" : " \"" + label + "\"");
}

}  // namespace detail

// AnyView ------------------------------------------------------------------------------------------

Device AnyView::device() const { return Device(detail::record_of(*this, "device")->device); }

AnyView AnyView::slice(u64 first, u64 count) const {
    detail::record_of(*this, "slice");
    if (first > count_ || count > count_ - first) {
        throw Error(ErrorCode::invalid_argument, "slice: " + std::to_string(count) + " elements from element " +
                                                     std::to_string(first) + " are not all inside " +
                                                     detail::describe(*this) + ".");
    }
    return AnyView(record_, dtype_, offset_bytes_ + first * dtype_.size_bytes, count);
}

AnyView AnyView::reinterpret(const DType& type) const {
    detail::record_of(*this, "reinterpret");
    if (type.size_bytes == 0 || size_bytes() % type.size_bytes != 0) {
        throw Error(ErrorCode::invalid_argument, "reinterpret: the " + std::to_string(size_bytes()) + " bytes of " +
                                                     detail::describe(*this) + " are no whole number of " +
                                                     to_string(type) + " of " + std::to_string(type.size_bytes) +
                                                     " bytes.");
    }
    return AnyView(record_, type, offset_bytes_, size_bytes() / type.size_bytes);
}

void AnyView::set_label(std::string label) {
    const auto& record = detail::record_of(*this, "set_label");
    const std::lock_guard device_lock(record->device->mutex);
    const std::lock_guard lock(detail::label_mutex());
    record->label = std::move(label);
}

std::string AnyView::label() const {
    const auto& record = detail::record_of(*this, "label");
    const std::lock_guard lock(detail::label_mutex());
    return record->label;
}

// Device -------------------------------------------------------------------------------------------

AnyBuffer Device::empty(const DType& type, u64 count) {
    if (!record_) throw Error(ErrorCode::invalid_argument, "empty: the device is empty: it was moved from.");
    record_->check_usable("empty");
    if (type.size_bytes == 0)
        throw Error(ErrorCode::invalid_argument, "empty: the element type " + to_string(type) + " has no size.");
    const u64 largest = record_->capabilities.limits.max_buffer_bytes;
    if (count > largest / type.size_bytes) {
        const bool countable = count <= ~u64{0} / type.size_bytes;
        throw Error(ErrorCode::invalid_argument,
                    "empty: " + detail::elements_text(type, count) + " needs " +
                        (countable ? std::to_string(count * type.size_bytes) : "more than 18446744073709551615") +
                        " bytes; the largest buffer of device \"" + record_->info.name + "\" has " +
                        std::to_string(largest) + ".");
    }
    return AnyBuffer(detail::make_buffer(record_, count * type.size_bytes, "empty"), type, 0, count);
}

MemoryStatistics Device::memory() const {
    if (!record_) throw Error(ErrorCode::invalid_argument, "memory: the device is empty: it was moved from.");
    const std::lock_guard lock(record_->mutex);
    MemoryStatistics statistics;
    record_->pool.add_to(statistics);
    statistics.staging_bytes = record_->transfers->staging_bytes();
    return statistics;
}

u64 Device::trim() {
    if (!record_) throw Error(ErrorCode::invalid_argument, "trim: the device is empty: it was moved from.");
    record_->check_usable("trim");
    record_->advance(std::chrono::nanoseconds::zero());
    const std::lock_guard lock(record_->mutex);
    return record_->pool.trim(*record_) + record_->transfers->trim(true);
}

}  // namespace alkomp
