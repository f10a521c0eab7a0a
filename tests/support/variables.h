// SPDX-License-Identifier: MIT OR Apache-2.0
// Variables of the environment, on Windows as elsewhere.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alkomp::testing {

inline void set_variable(const char* name, const std::string& value) {
#ifdef _WIN32
    _putenv_s(name, value.c_str());
#else
    setenv(name, value.c_str(), 1);
#endif
}

inline void unset_variable(const char* name) {
#ifdef _WIN32
    _putenv_s(name, "");
#else
    unsetenv(name);
#endif
}

/// Sets variables, and at its end what they were before.
class Variables {
public:
    Variables() = default;
    Variables(const char* name, const std::string& value) { set(name, value); }
    ~Variables() {
        for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) {
            if (it->second) set_variable(it->first.c_str(), *it->second);
            else unset_variable(it->first.c_str());
        }
    }
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;

    void set(const char* name, const std::string& value) {
        const char* old = std::getenv(name);
        saved_.emplace_back(name, old != nullptr ? std::optional<std::string>(old) : std::nullopt);
        set_variable(name, value);
    }

private:
    std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
};

}  // namespace alkomp::testing
