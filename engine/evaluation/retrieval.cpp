// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/retrieval.h"

#include <algorithm>
#include <numeric>

#include "engine/base/libtorch.h"
#include "engine/evaluation/rank_counts.h"

namespace diagonal {

namespace {

constexpr int64_t kTileImages = 512, kTileTexts = 2048;
constexpr int64_t kLeastRows = 16;  // products of fewer are added up in another order

/// With rows of zeros up to a multiple of whole tiles, or of a few rows where there is but one tile.
torch::Tensor padded(const torch::Tensor& rows, int64_t tile) {
    const int64_t whole = rows.size(0) > tile ? tile : kLeastRows;
    const int64_t missing = (whole - rows.size(0) % whole) % whole;
    return missing == 0 ? rows : torch::cat({rows, rows.new_zeros({missing, rows.size(1)})});
}

/// Similarities of images with texts, a tile after the other, all of one size. A tile asked for again has the same
/// numbers to the last bit, and equal rows have the same in each tile, so that what is equal stays equal.
class SimilarityTiles {
  public:
    SimilarityTiles(const torch::Tensor& images, const torch::Tensor& texts)
        : m_images(padded(images, kTileImages)),
          m_texts(padded(texts, kTileTexts)),
          m_imageCount(images.size(0)),
          m_textCount(texts.size(0)),
          m_memory(torch::empty({std::min(kTileImages, m_images.size(0)), std::min(kTileTexts, m_texts.size(0))},
                                m_images.options())) {}

    int64_t rows(int64_t row) const { return std::min(kTileImages, m_imageCount - row); }
    int64_t columns(int64_t column) const { return std::min(kTileTexts, m_textCount - column); }
    /// [rows(row), columns(column)], from that row and column on; stays until the next one is asked for.
    torch::Tensor at(int64_t row, int64_t column) const {
        auto tile = m_memory;
        torch::mm_out(tile, m_images.narrow(0, row, m_memory.size(0)), m_texts.narrow(0, column, m_memory.size(1)).t());
        return tile.narrow(0, 0, rows(row)).narrow(1, 0, columns(column));
    }

  private:
    torch::Tensor m_images, m_texts;
    int64_t m_imageCount, m_textCount;
    torch::Tensor m_memory;
};

/// Similarity of each text with its image. owners: of the texts, ascending.
torch::Tensor ownSimilarities(const SimilarityTiles& tiles, const torch::Tensor& images,
                              const std::vector<int64_t>& owners) {
    const auto count = static_cast<int64_t>(owners.size());
    auto own = torch::empty({count}, images.options());
    for (int64_t row = 0; row < images.size(0); row += kTileImages) {
        const auto place = [&](int64_t image) {
            return std::lower_bound(owners.begin(), owners.end(), image) - owners.begin();
        };
        const int64_t first = place(row), last = place(row + tiles.rows(row));
        for (int64_t column = first / kTileTexts * kTileTexts; column < last; column += kTileTexts) {
            const int64_t begin = std::max(first, column), end = std::min(last, column + tiles.columns(column));
            std::vector<int64_t> cells;
            for (int64_t j = begin; j < end; ++j)
                cells.push_back((owners[static_cast<size_t>(j)] - row) * tiles.columns(column) + (j - column));
            const auto tile = tiles.at(row, column);
            own.narrow(0, begin, end - begin)
                .copy_(tile.reshape({-1}).index_select(0, torch::tensor(cells, torch::kLong).to(tile.device())));
        }
    }
    return own;
}

RankCounts noCounts(int64_t queries, const torch::Device& device) {
    const auto options = torch::TensorOptions(torch::kInt).device(device);
    return {torch::zeros({queries}, options), torch::zeros({queries}, options)};
}

RankCounts part(const RankCounts& counts, int64_t begin, int64_t count) {
    return {counts.better.narrow(0, begin, count), counts.equal.narrow(0, begin, count)};
}

/// place[i]: where query i stands in the counts, empty for i itself. equalOwn: its own candidates among the equal.
std::vector<QueryRank> ranksOf(const RankCounts& counts, const torch::Tensor& own, const torch::Tensor& equalOwn,
                               const std::vector<int64_t>& order) {
    const auto better = counts.better.cpu(), equal = (counts.equal - equalOwn).to(torch::kInt).cpu();
    const auto isNumber = own.isfinite().cpu();
    std::vector<QueryRank> ranks(static_cast<size_t>(own.numel()));
    for (size_t i = 0; i < ranks.size(); ++i) {
        const size_t query = order.empty() ? i : static_cast<size_t>(order[i]);
        ranks[query].isNumber = isNumber.const_data_ptr<bool>()[i];
        if (!ranks[query].isNumber) continue;
        ranks[query].better = better.const_data_ptr<int32_t>()[i];
        ranks[query].equal = equal.const_data_ptr<int32_t>()[i];
    }
    return ranks;
}

RecallAtK shareOf(const std::vector<QueryRank>& ranks) {
    RecallAtK recall;
    for (const QueryRank& rank : ranks) {
        recall.at1 += rank.hitAt(1);
        recall.at5 += rank.hitAt(5);
        recall.at10 += rank.hitAt(10);
    }
    const auto count = static_cast<double>(ranks.size());
    return {recall.at1 / count, recall.at5 / count, recall.at10 / count};
}

}  // namespace

RetrievalRecall RetrievalRanks::recall() const {
    return {shareOf(imageToText), shareOf(textToImage)};
}

RetrievalRanks retrievalRanks(const torch::Tensor& images, const torch::Tensor& texts,
                              const std::vector<int64_t>& imageOfText, const JobContext& job) {
    const torch::NoGradGuard noGrad;
    const int64_t n = images.size(0), m = texts.size(0);
    TORCH_CHECK(static_cast<int64_t>(imageOfText.size()) == m && n > 0 && m > 0, "a text must have an image");
    // Side by side, the texts of an image lie in few tiles.
    std::vector<int64_t> order(imageOfText.size());
    std::iota(order.begin(), order.end(), int64_t{0});
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return imageOfText[static_cast<size_t>(a)] < imageOfText[static_cast<size_t>(b)];
    });
    std::vector<int64_t> owners;
    owners.reserve(order.size());
    for (const int64_t text : order)
        owners.push_back(imageOfText[static_cast<size_t>(text)]);
    const auto toDevice = [&](const std::vector<int64_t>& numbers) {
        return torch::tensor(numbers, torch::kLong).to(images.device());
    };
    const SimilarityTiles tiles(images, texts.index_select(0, toDevice(order)));

    const auto ownOfTexts = ownSimilarities(tiles, images, owners);
    const auto ownerOfTexts = toDevice(owners);
    const auto clean = ownOfTexts.masked_fill(ownOfTexts.isnan(), -INFINITY);
    const auto ownOfImages =
        torch::full({n}, -INFINITY, images.options()).scatter_reduce(0, ownerOfTexts, clean, "amax");
    const RankCounts ofImages = noCounts(n, images.device()), ofTexts = noCounts(m, images.device());
    for (int64_t row = 0; row < n; row += kTileImages) {
        job.throwIfStopped();
        const int64_t rows = tiles.rows(row);
        for (int64_t column = 0; column < m; column += kTileTexts) {
            const int64_t columns = tiles.columns(column);
            countRanks(tiles.at(row, column), ownOfImages.narrow(0, row, rows), ownOfTexts.narrow(0, column, columns),
                       part(ofImages, row, rows), part(ofTexts, column, columns));
        }
        job.progress(row + rows, n);
    }
    const auto isBest = (ownOfTexts == ownOfImages.index_select(0, ownerOfTexts)).to(torch::kInt);
    const auto equalOfImages = torch::zeros_like(ofImages.equal).scatter_add(0, ownerOfTexts, isBest);
    return {ranksOf(ofImages, ownOfImages, equalOfImages, {}),
            ranksOf(ofTexts, ownOfTexts, torch::ones_like(ofTexts.equal), order)};
}

RetrievalRecall retrievalRecall(const torch::Tensor& images, const torch::Tensor& texts,
                                const std::vector<int64_t>& imageOfText) {
    return retrievalRanks(images, texts, imageOfText).recall();
}

}  // namespace diagonal
