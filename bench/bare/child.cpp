// SPDX-License-Identifier: MIT OR Apache-2.0
// By posix_spawn: no copy of this process's memory is made, so every child starts alike.
#include "child.h"

#include "figures.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace bare {

Child run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    const std::string path = program.string();
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t id = 0;
    const double start = now();
    const int failed = posix_spawn(&id, path.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error(path + " cannot be started.");
    int status = 0;
    rusage usage{};
    wait4(id, &status, 0, &usage);
    const double seconds = now() - start;
    if (status != 0) throw std::runtime_error(path + " failed.");
    return {seconds, static_cast<double>(usage.ru_maxrss) * 1024e-6};
}

std::filesystem::path this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

int process_id() { return static_cast<int>(getpid()); }

}  // namespace bare
