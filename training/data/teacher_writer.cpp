// SPDX-License-Identifier: Apache-2.0
#include "training/data/teacher_writer.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "training/data/teacher_files.h"

namespace diagonal {

namespace {

std::vector<Teacher> teachersOf(const std::vector<std::shared_ptr<Session>>& sessions, const Dataset& dataset) {
    if (sessions.empty()) return dataset.teachers();
    std::vector<Teacher> teachers;
    for (const auto& session : sessions)
        teachers.push_back(teacherOf(*session));
    return teachers;
}

void storeHalf(std::span<const float> values, uint16_t* out) {
    std::ranges::transform(values, out, [](float value) { return c10::Half(value).x; });
}

}  // namespace

Teacher teacherOf(Session& session) {
    const ModelInfo& info = session.info();
    return {info.name, session.identity(), info.embedDim, info.logitScale};
}

TeacherWriter::TeacherWriter(const Dataset& dataset, std::vector<std::shared_ptr<Session>> sessions,
                             const std::filesystem::path& folder)
    : m_dataset(dataset),
      m_sessions(std::move(sessions)),
      m_teachers(teachersOf(m_sessions, dataset)),
      m_width(teacherWidth(m_teachers)),
      m_images(folder / kTeacherImages),
      m_texts(folder / kTeacherTexts) {
}

std::vector<Image> TeacherWriter::views(const Image& picture) const {
    std::vector<Image> views;
    for (const auto& session : m_sessions)
        views.push_back(resizeAndCrop(picture, session->preprocess()));
    return views;
}

void TeacherWriter::teach(std::span<TaughtImage*> images, std::span<const size_t> numbers, const JobContext& job) {
    for (size_t i = 0; i < images.size(); ++i) {
        TaughtImage& taught = *images[i];
        for (size_t k = 0; k < m_dataset.captionCount(numbers[i]); ++k)
            taught.captions.push_back(m_dataset.caption(numbers[i], k));
        taught.image.resize(m_width);
        taught.texts.resize(m_width * taught.captions.size());
        if (!m_sessions.empty()) continue;
        std::ranges::copy(m_dataset.teacherImage(numbers[i]), taught.image.begin());
        for (size_t k = 0; k < taught.captions.size(); ++k)
            std::ranges::copy(m_dataset.teacherText(numbers[i], k),
                              taught.texts.begin() + static_cast<ptrdiff_t>(k * m_width));
    }
    for (size_t session = 0, column = 0; session < m_sessions.size(); ++session) {
        compute(images, session, column, job);
        column += static_cast<size_t>(m_teachers[session].dim);
    }
}

/// One teacher's part of the rows, from `column` on.
void TeacherWriter::compute(std::span<TaughtImage*> images, size_t session, size_t column, const JobContext& job) {
    const JobContext quiet{job.stop, {}};
    std::vector<Image> pictures;
    std::vector<std::string> texts;
    std::unordered_map<std::string_view, int64_t> rows;  // of texts; those of class folders repeat
    for (TaughtImage* taught : images) {
        pictures.push_back(std::move(taught->views[session]));
        for (const std::string_view caption : taught->captions)
            if (rows.try_emplace(caption, static_cast<int64_t>(texts.size())).second) texts.emplace_back(caption);
    }
    const Embeddings ofPictures = m_sessions[session]->embedPictures(pictures, true, quiet);
    const Embeddings ofTexts = m_sessions[session]->embedTexts(texts, true, nullptr, quiet);
    for (size_t i = 0; i < images.size(); ++i) {
        TaughtImage& taught = *images[i];
        storeHalf(ofPictures.row(static_cast<int64_t>(i)), taught.image.data() + column);
        for (size_t k = 0; k < taught.captions.size(); ++k)
            storeHalf(ofTexts.row(rows.at(taught.captions[k])), taught.texts.data() + k * m_width + column);
    }
}

bool TeacherWriter::isSound(const TaughtImage& image) const {
    if (!areUnitRows(image.image, m_teachers)) return false;
    for (size_t at = 0; at < image.texts.size(); at += m_width)
        if (!areUnitRows(std::span(image.texts).subspan(at, m_width), m_teachers)) return false;
    return true;
}

void TeacherWriter::write(const TaughtImage& image) {
    m_images.write(image.image.data(), image.image.size() * sizeof(uint16_t));
    m_texts.write(image.texts.data(), image.texts.size() * sizeof(uint16_t));
}

void TeacherWriter::commit() {
    m_images.commit();
    m_texts.commit();
}

}  // namespace diagonal
