// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/caption_list.h"

#include <QSet>
#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/index/captions.h"
#include "engine/index/search.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

const QString kCaptionFile = QStringLiteral("search/captions");
constexpr int64_t kNearest = 5;
constexpr qsizetype kMostCaptions = 100'000;

/// The cells of a line of a table.
QStringList cellsOf(const QString& line, QChar delimiter) {
    QStringList cells;
    QString cell;
    bool isQuoted = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar one = line[i];
        if (isQuoted && one == u'"' && i + 1 < line.size() && line[i + 1] == u'"')
            cell += line[++i];
        else if (one == u'"' && (isQuoted || cell.isEmpty()))
            isQuoted = !isQuoted;
        else if (one == delimiter && !isQuoted)
            cells << std::exchange(cell, {});
        else
            cell += one;
    }
    return cells << cell;
}

/// The column that holds texts; -1: the lines are texts themselves.
int captionColumn(const QStringList& head) {
    if (head.size() < 2) return -1;
    for (const QString& name : {QStringLiteral("caption"), QStringLiteral("text"), QStringLiteral("title")})
        for (qsizetype i = 0; i < head.size(); ++i)
            if (head[i].trimmed().compare(name, Qt::CaseInsensitive) == 0) return static_cast<int>(i);
    return -1;
}

}  // namespace

QStringList readCaptions(const QString& file) {
    const std::vector<uint8_t> bytes = readBytes(toPath(file));
    const QString all =
        QString::fromUtf8(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    QStringList lines = all.split(QLatin1Char('\n'));
    const QString head = lines.value(0);
    const QChar delimiter = head.contains(QLatin1Char('\t')) ? QLatin1Char('\t') : QLatin1Char(',');
    const int column = captionColumn(cellsOf(head, delimiter));
    QStringList texts;
    QSet<QString> known;
    for (qsizetype i = column < 0 ? 0 : 1; i < lines.size(); ++i) {
        const QString text =
            (column < 0 ? lines[i] : cellsOf(lines[i].trimmed(), delimiter).value(column)).simplified();
        if (text.isEmpty() || known.contains(text)) continue;
        known.insert(text);
        texts << text;
        if (texts.size() > kMostCaptions)
            throw Error(file.toStdString(),
                        CaptionList::tr("it has more than %1 texts").arg(kMostCaptions).toStdString(),
                        CaptionList::tr("Take a shorter list").toStdString());
    }
    if (texts.isEmpty())
        throw Error(file.toStdString(), CaptionList::tr("there is no text in it").toStdString(),
                    CaptionList::tr("Write one text a line").toStdString());
    return texts;
}

CaptionList::CaptionList(Services& services, QObject* parent)
    : QObject(parent), m_services(services), m_file(settings().value(kCaptionFile).toString()) {
    connect(&services.engine(), &EngineService::modelChanged, this, [this] {
        ++m_models;
        m_rows.reset();
        m_searcher.reset();  // its rows are of the model that was open before
        m_nearest.clear();
        m_isStopped = false;
        if (m_embedJob != 0) m_services.engine().cancel(m_embedJob);
        Q_EMIT changed();
    });
}

void CaptionList::setFile(const QString& file) {
    m_file = file;
    settings().setValue(kCaptionFile, file);
    m_texts.clear();
    m_rows.reset();
    m_nearest.clear();
    m_isStopped = false;
    look();
    Q_EMIT changed();
}

void CaptionList::setPicture(std::shared_ptr<const Searcher> searcher, int64_t row) {
    if (searcher == m_searcher && row == m_row) return;
    m_searcher = std::move(searcher);
    m_row = row;
    m_nearest.clear();
    look();
    Q_EMIT changed();
}

/// Reads and embeds what is missing, then looks.
void CaptionList::look() {
    if (m_file.isEmpty() || !m_searcher || m_isBusy || m_isStopped) return;
    if (!m_rows) return embed();
    m_services.compute(
        &m_lookOwner, {},
        [searcher = m_searcher, row = m_row, rows = m_rows](const JobContext&) {
            return nearestTexts(searcher->embedding(row), *rows, kNearest);
        },
        [this, rows = m_rows](const std::vector<NearestText>& found) {
            if (rows != m_rows) return;
            m_nearest.clear();
            for (const NearestText& one : found)
                m_nearest.push_back({m_texts.value(static_cast<qsizetype>(one.text)), one.cosine});
            Q_EMIT changed();
        });
}

void CaptionList::embed() {
    m_isBusy = true;
    const auto stop = [this](const JobError& error) {
        m_isBusy = false;
        m_isStopped = true;
        Q_EMIT failed(error);
        Q_EMIT changed();
    };
    m_services.compute(
        &m_readOwner, tr("Reading captions"), [file = m_file](const JobContext&) { return readCaptions(file); },
        [this, stop, file = m_file](const QStringList& texts) {
            EngineService::TextHandler handler;
            handler.finished = [this, file, texts, models = m_models](Embeddings rows, const std::vector<size_t>&) {
                m_embedJob = 0;
                m_isBusy = false;
                if (file == m_file && models == m_models) {
                    m_texts = texts;
                    m_rows = std::make_shared<const std::vector<float>>(std::move(rows.values));
                }
                look();
                Q_EMIT changed();
            };
            handler.failed = [this, stop](const JobError& error) {
                m_embedJob = 0;
                stop(error);
            };
            // By the person, or with the model.
            handler.cancelled = [this, models = m_models] {
                m_embedJob = 0;
                m_isBusy = false;
                m_isStopped = models == m_models;
                look();
                Q_EMIT changed();
            };
            m_embedJob = m_services.engine().embedManyTexts(&m_embedOwner, tr("Embedding captions"), texts, true,
                                                            std::move(handler));
        },
        stop);
}

}  // namespace diagonal
