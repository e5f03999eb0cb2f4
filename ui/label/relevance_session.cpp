// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/relevance_session.h"

#include "ui/label/label_session.h"

namespace diagonal {

namespace {

constexpr int kMapsToKeep = 32;

}  // namespace

RelevanceSession::RelevanceSession(EngineService& engine, LabelSession& labels, QObject* parent)
    : QObject(parent), m_engine(engine), m_labels(labels), m_kept(kMapsToKeep) {
    connect(&labels.images(), &ImageList::scoresChanged, this, &RelevanceSession::update);
    connect(&labels, &LabelSession::stateChanged, this, &RelevanceSession::update);
    connect(&engine, &EngineService::modelChanged, this, [this] {
        m_kept.clear();
        clear();
        update();
    });
}

void RelevanceSession::setOn(bool on) {
    if (on == m_on) return;
    m_on = on;
    update();
}

void RelevanceSession::setImage(int row) {
    m_image = row < 0 ? 0 : m_labels.images().item(row).id;
    update();
}

void RelevanceSession::setChosenLabel(const QString& label) {
    if (label == m_chosen) return;
    m_chosen = label;
    update();
}

const ImageItem* RelevanceSession::image() const {
    const int row = m_labels.images().rowOf(m_image);
    return row < 0 ? nullptr : &m_labels.images().item(row);
}

QString RelevanceSession::bestLabel() const {
    const ImageItem* one = image();
    return one != nullptr && one->hasScores() && !one->stale ? one->label : QString();
}

QString RelevanceSession::label() const {
    return m_chosen.isEmpty() ? bestLabel() : m_chosen;
}

void RelevanceSession::clear() {
    if (m_job != 0) m_engine.cancel(m_job);
    m_job = 0;
    m_key.clear();
    m_map.reset();
    m_error.clear();
}

void RelevanceSession::update() {
    // A label that was taken out of the list is no choice any more.
    if (!m_chosen.isEmpty() && !m_labels.labels().contains(m_chosen)) m_chosen.clear();
    const ImageItem* one = image();
    const bool wanted = m_on && one != nullptr && !one->isFailed() && m_engine.model() != nullptr && !label().isEmpty();
    QStringList key;
    if (wanted) key << one->path << label() << m_labels.synonyms(label()) << QString() << m_labels.templates();
    if (key != m_key) {
        clear();
        if (wanted) show(key);
    }
    Q_EMIT changed();
}

void RelevanceSession::show(const QStringList& key) {
    m_key = key;
    if (const RelevanceMap* kept = m_kept.object(key)) {
        m_map = *kept;
        return;
    }
    EngineService::RelevanceHandler handler;
    handler.finished = [this, key](const RelevanceMap& map) {
        m_kept.insert(key, new RelevanceMap(map));
        if (key != m_key) return;
        m_job = 0;
        m_map = map;
        Q_EMIT changed();
    };
    handler.failed = [this, key](const JobError& error) {
        if (key != m_key) return;
        m_job = 0;
        m_error = error.text();
        Q_EMIT changed();
    };
    m_job = m_engine.explain(this, key[0], m_labels.synonyms(key[1]), m_labels.templates(), std::move(handler));
}

QString RelevanceSession::status() const {
    const ImageItem* one = image();
    if (!m_on || one == nullptr || one->isFailed()) return {};
    if (!m_error.isEmpty()) return m_error;
    if (m_engine.model() == nullptr) return tr("No map: no model is open");
    if (m_labels.labels().isEmpty()) return tr("No map: write a label first");
    if (m_job != 0) return tr("Looking for what speaks for “%1”…").arg(m_key.value(1));
    if (!m_map) return tr("The map comes with the scores");
    return m_map->isZero() ? tr("No part of the picture speaks for “%1”").arg(m_key.value(1)) : QString();
}

}  // namespace diagonal
