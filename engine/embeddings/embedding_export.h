// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/embeddings/items.h"
#include "engine/embeddings/partial_rows.h"
#include "engine/image/image_files.h"

namespace diagonal {

/// What an export writes, and how.
struct ExportPlan {
    std::filesystem::path file;  ///< .csv, .npy, .safetensors, or a folder .projector
    bool normalized = true;
    FloatType type = FloatType::Float32;  ///< of the projector: always float32
    bool resume = false;                  ///< goes on with what an interrupted run has left in FILE.partial
    std::string source = {};              ///< what opens the model again, as LibraryModel::source; empty: not told
};

struct ExportReport {
    size_t items = 0, resumed = 0;  ///< resumed: of an earlier run
    int64_t rows = 0;
    size_t known = 0, notFinite = 0, truncated = 0;  ///< of this run
    bool isBegunAnew = false;                        ///< what was left was of another export
    bool hasNoSprite = false;                        ///< a projector of more pictures than a sprite can show
    std::vector<FileFailure> failures;               ///< of all runs
};

/// Writes TARGET.errors.csv (path,error) beside a result whose form has no room for errors; none when all went well.
void writeFailures(const std::filesystem::path& target, const std::vector<FileFailure>& failures);

/// Embeds things and writes the rows to a file. Whenever it ends before, what was embedded stays in FILE.partial, and
/// another one with `resume` goes on there. One thread at a time.
class EmbeddingExport {
  public:
    /// Looks at what is there already: things that have changed since are embedded again, with all behind them.
    /// Throws Error as PartialRows does, and for an ending that is none of the plan's.
    EmbeddingExport(Session& session, std::shared_ptr<const EmbeddingItems> items, ExportPlan plan,
                    const JobContext& job = {});
    ~EmbeddingExport();

    /// Embeds what is left, at most so many things of it, and of a video for a fraction of a second. onItem: called
    /// after each. Progress in things, of those that were left at the beginning. True: more is left. Throws Error,
    /// Cancelled.
    using OnItem = std::function<void(size_t item, const NewItem&)>;
    bool embed(Session& session, size_t most, const OnItem& onItem = {}, const JobContext& job = {});
    /// All.
    void embed(Session& session, const OnItem& onItem = {}, const JobContext& job = {}) {
        while (embed(session, m_items->size(), onItem, job)) {
        }
    }

    /// Writes the file, and FILE.errors.csv with these and those of listing the things; then nothing is left to go on
    /// with. Progress in rows. Throws Error where nothing has a row, too; Cancelled.
    void write(const std::vector<FileFailure>& ofListing = {}, const JobContext& job = {});

    const ExportReport& report() const { return m_report; }

  private:
    void dropChanged(const JobContext& job);
    void collectFailures();
    void writeProjectorFolder(const EmbeddingRows& rows, const JobContext& job);

    std::shared_ptr<const EmbeddingItems> m_items;
    ExportPlan m_plan;
    int64_t m_dim;
    std::map<std::string, std::string> m_facts;
    std::unique_ptr<PartialRows> m_rows;
    ExportReport m_report;
};

}  // namespace diagonal
