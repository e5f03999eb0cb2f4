// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/text_study.h"

#include <algorithm>

namespace diagonal {

TextStudy::TextStudy(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    connect(&engine, &EngineService::modelChanged, this, [this] {
        for (Part& part : m_parts)
            part.embeddings.reset();
        begin();
    });
}

void TextStudy::setParts(std::vector<Part> parts) {
    const auto isSame = [](const Part& a, const Part& b) { return a.texts == b.texts && a.templates == b.templates; };
    for (Part& part : parts) {
        const auto known =
            std::find_if(m_parts.begin(), m_parts.end(), [&](const Part& old) { return isSame(old, part); });
        if (known != m_parts.end()) part.embeddings = known->embeddings;
    }
    m_parts = std::move(parts);
    begin();
}

void TextStudy::begin() {
    ++m_run;
    m_job = 0;
    m_stopped = false;
    next();
    Q_EMIT changed();
}

void TextStudy::resume() {
    m_stopped = false;
    next();
    Q_EMIT changed();
}

void TextStudy::setOn(bool on) {
    m_on = on;
    next();
}

bool TextStudy::isComplete() const {
    return std::all_of(m_parts.begin(), m_parts.end(), [](const Part& part) { return part.embeddings.has_value(); });
}

void TextStudy::next() {
    if (!m_on || m_stopped || m_job != 0 || m_engine.model() == nullptr) return;
    const auto part = std::find_if(m_parts.begin(), m_parts.end(), [](const Part& one) { return !one.embeddings; });
    if (part == m_parts.end()) return;
    EngineService::TextHandler handler;
    handler.finished = [this, run = m_run, index = part - m_parts.begin()](Embeddings embeddings, const auto&) {
        if (run != m_run) return;
        m_job = 0;
        m_parts[static_cast<size_t>(index)].embeddings = std::move(embeddings);
        Q_EMIT changed();
        next();
    };
    handler.cancelled = [this, run = m_run] {
        if (run != m_run) return;
        m_job = 0;
        m_stopped = true;
        Q_EMIT changed();
    };
    // The labels themselves tell what is wrong.
    handler.failed = [cancelled = handler.cancelled](const JobError&) { cancelled(); };
    m_job = m_engine.embedLabels(this, part->texts, part->templates, std::move(handler));
}

}  // namespace diagonal
