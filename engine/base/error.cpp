// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"

#include <utility>

namespace diagonal {

namespace {

std::string sentence(const std::string& subject, const std::string& problem, const std::string& remedy) {
    std::string text = subject.empty() ? problem : subject + ": " + problem;
    if (!remedy.empty()) text += ". " + remedy;
    if (!text.empty() && text.back() != '.') text += '.';
    return text;
}

}  // namespace

Error::Error(std::string subject, std::string problem, std::string remedy)
    : std::runtime_error(sentence(subject, problem, remedy)),
      m_subject(std::move(subject)),
      m_problem(std::move(problem)),
      m_remedy(std::move(remedy)) {
}

}  // namespace diagonal
