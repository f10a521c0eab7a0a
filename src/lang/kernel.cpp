// SPDX-License-Identifier: MIT OR Apache-2.0
// Recordings from their begin to their end, and what was recorded.
#include "alkomp/lang/kernel.h"

#include "alkomp/error.h"
#include "ir/print.h"
#include "lang/recorder.h"

namespace alkomp {
namespace detail {
namespace {

const RecordedKernelRecord& checked(const std::shared_ptr<RecordedKernelRecord>& record) {
    if (!record)
        throw Error(ErrorCode::invalid_argument, "RecordedKernel: it is empty: it was moved from or never set.");
    return *record;
}

}  // namespace

Recording::Recording(std::string name, const RecordOptions& options, Place place) {
    if (const Recorder* outer = Recorder::find(); outer != nullptr)
        outer->fail(place, "a kernel is made within another one; make both first, and call one after the other.");
    recorder_ = std::make_unique<Recorder>(std::move(name), options, place);
    Recorder::set(recorder_.get());
}

Recording::~Recording() {
    if (Recorder::find() == recorder_.get()) Recorder::set(nullptr);
}

std::shared_ptr<RecordedKernelRecord> Recording::finish() { return recorder_->finish(); }

}  // namespace detail

const std::string& RecordedKernel::label() const { return detail::checked(record_).name; }
std::string RecordedKernel::ir() const { return ir::print(detail::checked(record_).module); }

}  // namespace alkomp
