// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/inference/session.h"
#include "training/data/dataset.h"

namespace diagonal {

/// An image with its captions on its way to the teachers, and what they make of it.
struct TaughtImage {
    std::vector<Image> views;                ///< what each teacher is shown
    std::vector<std::string_view> captions;  ///< stay as long as the data set
    std::vector<uint16_t> image, texts;      ///< float16 [width], [captions, width]
};

/// Writes the teachers' rows of a pack (teacher_files.h). One thread at a time, but for views().
class TeacherWriter {
  public:
    /// Without sessions, the rows of the data's own teachers are kept.
    TeacherWriter(const Dataset& dataset, std::vector<std::shared_ptr<Session>> sessions,
                  const std::filesystem::path& folder);

    const std::vector<Teacher>& teachers() const { return m_teachers; }
    /// What each session is shown of a picture: preprocessed from its own pixels as the teacher wants it.
    std::vector<Image> views(const Image& picture) const;
    /// Fills in the rows of images; `numbers` are theirs in the data set. Throws Cancelled.
    void teach(std::span<TaughtImage*> images, std::span<const size_t> numbers, const JobContext& job);
    /// Whether the rows are directions: a model may give what is no number.
    bool isSound(const TaughtImage& image) const;
    /// Appends the rows of the next image.
    void write(const TaughtImage& image);
    void commit();

  private:
    void compute(std::span<TaughtImage*> images, size_t session, size_t column, const JobContext& job);

    const Dataset& m_dataset;
    std::vector<std::shared_ptr<Session>> m_sessions;
    std::vector<Teacher> m_teachers;
    size_t m_width;
    AtomicFile m_images, m_texts;
};

/// What a pack says of an open model as a teacher.
Teacher teacherOf(Session& session);

}  // namespace diagonal
