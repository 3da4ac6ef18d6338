// Environment variables that a test sets for itself.
#pragma once

#include <stdlib.h>

#include <set>
#include <string>

namespace gatehouse::config {

// Unsets what it set. Tests run on one thread, so the environment may be written here.
class Environment {
  public:
    Environment() = default;
    ~Environment() {
        for (const std::string& name : names_) {
            ::unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
        }
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    void set(const std::string& name, const std::string& value) {
        names_.insert(name);
        ::setenv(name.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    }

  private:
    std::set<std::string> names_;
};

}  // namespace gatehouse::config
