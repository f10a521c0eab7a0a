// SPDX-License-Identifier: MIT OR Apache-2.0
// The line is drawn over itself and cleared at the end.
#include "progress.h"

#include <cstdio>
#include <utility>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace alkomp::command {
namespace {

bool stderr_is_terminal() {
#ifdef _WIN32
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

}  // namespace

Progress::Progress(std::string what, u64 total)
    : what_(std::move(what)),
      total_(total),
      terminal_(stderr_is_terminal()),
      begin_(std::chrono::steady_clock::now()),
      last_(begin_) {}

Progress::~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(u64 done, const std::optional<DispatchProgress>& within) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - begin_ < std::chrono::seconds(1) || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    std::string text = what_;
    if (total_ > 1 || !within) text += ' ' + std::to_string(done) + '/' + std::to_string(total_);
    if (within) text += ", workgroup " + std::to_string(within->started) + " of " + std::to_string(within->workgroups);
    std::fprintf(stderr, "\r%s  %.1f s\x1b[K", text.c_str(), seconds);
    std::fflush(stderr);
}

}  // namespace alkomp::command
