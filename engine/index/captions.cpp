// SPDX-License-Identifier: Apache-2.0
#include "engine/index/captions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "engine/base/libtorch.h"
#include "engine/index/row_products.h"

namespace diagonal {

namespace {

constexpr int64_t kRowsAtOnce = 4096;
constexpr int64_t kTextsAtOnce = 1024;
/// Pairs that a round holds (50 MB). Fewer of a text than it wants are made up for by more rounds, of which fewer than
/// kFewestPairs would make too many.
constexpr int64_t kMostPairs = int64_t{1} << 21;
constexpr int64_t kFewestPairs = 16;

bool isHigher(const Match& a, const Match& b) {
    if (a.cosine != b.cosine) return a.cosine > b.cosine;
    return a.text != b.text ? a.text < b.text : a.row < b.row;
}

/// The best free rows of some texts, the best row of each file.
class MatchFinder {
  public:
    MatchFinder(const Snapshot& snapshot, std::span<const float> texts, int64_t each)
        : m_snapshot(snapshot),
          m_texts(texts),
          m_dim(snapshot.model.dim),
          m_taken(snapshot.files.size()),
          m_wanted(texts.size() / static_cast<size_t>(m_dim),
                   std::min(each, static_cast<int64_t>(snapshot.files.size()))) {
        // What is no number fits nothing.
        for (size_t i = 0; i < m_wanted.size(); ++i)
            if (!std::isfinite(dotProduct(textAt(i), textAt(i), static_cast<size_t>(m_dim)))) m_wanted[i] = 0;
    }

    std::vector<Match> find(const JobContext& job) {
        while (giveSome(job)) {
        }
        std::ranges::sort(m_matches, [](const Match& a, const Match& b) {
            return a.text != b.text ? a.text < b.text : isHigher(a, b);
        });
        return std::move(m_matches);
    }

  private:
    struct Best {
        std::vector<Match> matches;
        float needed = kNone;  ///< cosine of the last one, where there are m_most
    };
    static constexpr float kNone = -2;

    const float* textAt(size_t text) const { return m_texts.data() + text * static_cast<size_t>(m_dim); }
    int32_t fileOf(int64_t row) const { return m_snapshot.rows[static_cast<size_t>(row)].file; }

    /// A round: of each text that wants more its best free pictures; then pairs from the best on, as far as no text
    /// could have a better one that is not among them. False: all is given.
    bool giveSome(const JobContext& job) {
        std::vector<int64_t> open;
        for (size_t i = 0; i < m_wanted.size(); ++i)
            if (m_wanted[i] > 0) open.push_back(static_cast<int64_t>(i));
        if (open.empty()) return false;
        const int64_t wished = std::max<int64_t>(4 * *std::ranges::max_element(m_wanted), 64);
        m_most = static_cast<size_t>(std::clamp(kMostPairs / std::ssize(open), kFewestPairs, wished));
        // What is looked through holds four times as many.
        const auto together = std::clamp(kMostPairs / static_cast<int64_t>(4 * m_most), int64_t{1}, kTextsAtOnce);
        std::vector<Match> pairs;
        float complete = kNone;  // all pairs above this are among `pairs`
        for (size_t first = 0; first < open.size(); first += static_cast<size_t>(together)) {
            const std::span<const int64_t> some(open.data() + first,
                                                std::min(static_cast<size_t>(together), open.size() - first));
            for (const Best& best : bestOf(some, job)) {
                complete = std::max(complete, best.needed);
                pairs.insert(pairs.end(), best.matches.begin(), best.matches.end());
            }
            const auto done = std::ranges::count(m_wanted, 0);
            job.progress(done, static_cast<int64_t>(m_wanted.size()));
        }
        std::ranges::sort(pairs, isHigher);
        bool hasGiven = false;
        for (const Match& pair : pairs) {
            if (pair.cosine < complete && hasGiven) break;
            int64_t& wanted = m_wanted[static_cast<size_t>(pair.text)];
            char& taken = m_taken[static_cast<size_t>(fileOf(pair.row))];
            if (wanted == 0 || taken != 0) continue;
            taken = 1;
            --wanted;
            hasGiven = true;
            m_matches.push_back(pair);
        }
        return hasGiven;
    }

    std::vector<Best> bestOf(std::span<const int64_t> texts, const JobContext& job) const {
        const torch::NoGradGuard noGrad;
        std::vector<float> queries(texts.size() * static_cast<size_t>(m_dim)), block;
        for (size_t i = 0; i < texts.size(); ++i)
            std::copy_n(textAt(static_cast<size_t>(texts[i])), m_dim, queries.data() + i * static_cast<size_t>(m_dim));
        const torch::Tensor left = torch::from_blob(queries.data(), {static_cast<int64_t>(texts.size()), m_dim});
        std::vector<Best> best(texts.size());
        const auto rows = static_cast<int64_t>(m_snapshot.rows.size());
        for (int64_t first = 0; first < rows; first += kRowsAtOnce) {
            job.throwIfStopped();
            const int64_t count = std::min(kRowsAtOnce, rows - first);
            block.resize(static_cast<size_t>(count * m_dim));
            readRows(m_snapshot, first, count, block.data());
            const torch::Tensor cosines = left.mm(torch::from_blob(block.data(), {count, m_dim}).t()).contiguous();
            const float* const values = cosines.const_data_ptr<float>();
            at::parallel_for(0, static_cast<int64_t>(texts.size()), 16, [&](int64_t from, int64_t to) {
                for (int64_t i = from; i < to; ++i)
                    addBlock(best[static_cast<size_t>(i)], texts[static_cast<size_t>(i)], values + i * count, first,
                             count);
            });
        }
        for (auto& one : best)
            keepBest(one);
        return best;
    }

    void addBlock(Best& best, int64_t text, const float* cosines, int64_t first, int64_t count) const {
        for (int64_t j = 0; j < count; ++j) {
            const int32_t file = fileOf(first + j);
            if (file < 0 || !(cosines[j] >= best.needed) || !std::isfinite(cosines[j])) continue;
            if (m_taken[static_cast<size_t>(file)] != 0) continue;
            best.matches.push_back({text, first + j, cosines[j]});
            if (best.matches.size() >= 4 * m_most) keepBest(best);
        }
    }

    /// The best m_most, in order, one a file.
    void keepBest(Best& best) const {
        std::ranges::sort(best.matches, isHigher);
        std::unordered_set<int32_t> files;
        std::erase_if(best.matches, [&](const Match& match) {
            return files.size() >= m_most || !files.insert(fileOf(match.row)).second;
        });
        if (best.matches.size() == m_most) best.needed = best.matches.back().cosine;
    }

    const Snapshot& m_snapshot;
    std::span<const float> m_texts;
    int64_t m_dim;
    std::vector<char> m_taken;      ///< of files
    std::vector<int64_t> m_wanted;  ///< of texts: how many more
    size_t m_most = 1;              ///< pairs of a text in a round
    std::vector<Match> m_matches;
};

}  // namespace

std::vector<NearestText> nearestTexts(std::span<const float> picture, std::span<const float> texts, int64_t top) {
    const size_t dim = picture.size();
    std::vector<NearestText> all;
    for (size_t i = 0; dim > 0 && (i + 1) * dim <= texts.size(); ++i) {
        const float cosine = dotProduct(picture.data(), texts.data() + i * dim, dim);
        if (std::isfinite(cosine)) all.push_back({static_cast<int64_t>(i), cosine});
    }
    const auto count = std::min(all.size(), static_cast<size_t>(std::max<int64_t>(top, 0)));
    std::ranges::partial_sort(all, all.begin() + static_cast<ptrdiff_t>(count),
                              [](const NearestText& a, const NearestText& b) {
                                  return a.cosine > b.cosine || (a.cosine == b.cosine && a.text < b.text);
                              });
    all.resize(count);
    return all;
}

std::vector<Match> findMatches(const Snapshot& snapshot, std::span<const float> texts, int64_t each,
                               const JobContext& job) {
    const int64_t dim = snapshot.model.dim;
    if (dim <= 0 || texts.size() % static_cast<size_t>(dim) != 0)
        throw Error("captions", "their embeddings have another width than the library's rows",
                    "Open the model that made the library");
    return MatchFinder(snapshot, texts, std::max<int64_t>(each, 0)).find(job);
}

}  // namespace diagonal
