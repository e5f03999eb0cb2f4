// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace diagonal {

/// A failure that a person can act on: what it is about (a file, an option), what is wrong, what to do.
/// what() reads "subject: problem. Remedy."
class Error : public std::runtime_error {
  public:
    Error(std::string subject, std::string problem, std::string remedy = {});

    const std::string& subject() const { return m_subject; }
    const std::string& problem() const { return m_problem; }
    const std::string& remedy() const { return m_remedy; }

  private:
    std::string m_subject, m_problem, m_remedy;
};

/// Thrown when a job was asked to stop; not a failure.
class Cancelled : public std::exception {
  public:
    const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace diagonal
