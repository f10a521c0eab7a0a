// SPDX-License-Identifier: MIT OR Apache-2.0
// By posix_spawn: no copy of this process's memory is made, so every child starts alike.
#include "child.h"

#include "figures.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace bare {

Child run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    const std::string path = program.string();
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for the output of " + path + ".");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t id = 0;
    Child child;
    const double start = now();
    const int failed = posix_spawn(&id, path.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char part[4096];
    for (ssize_t size = 0; !failed && (size = read(ends[0], part, sizeof part)) > 0;)
        child.output.append(part, static_cast<std::size_t>(size));
    close(ends[0]);
    if (failed) throw std::runtime_error(path + " cannot be started.");
    int status = 0;
    waitpid(id, &status, 0);
    child.seconds = now() - start;
    if (status != 0) throw std::runtime_error(path + " failed.");
    return child;
}

std::filesystem::path this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

int process_id() { return static_cast<int>(getpid()); }

}  // namespace bare
