// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/retrieval.h"

#include <numeric>
#include <set>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kTileRows = 1024, kTileColumns = 8192;

/// Sums of hit probabilities at 1, 5, 10 for queries with `better` foreign candidates above their match, whose
/// similarity is `own`, and `equal` ones beside it. A match that is no number is a miss: no candidate is above or
/// beside it.
torch::Tensor hits(const torch::Tensor& own, const torch::Tensor& better, const torch::Tensor& equal) {
    std::vector<torch::Tensor> sums;
    for (const int k : {1, 5, 10})
        sums.push_back(((k - better) / (equal + 1)).clamp(0, 1).where(own.isfinite(), 0).sum(torch::kDouble));
    return torch::stack(sums);
}

RecallAtK share(const torch::Tensor& sums, int64_t count) {
    const auto values = (sums / count).cpu();
    return {values[0].item<double>(), values[1].item<double>(), values[2].item<double>()};
}

/// Who belongs together: query i and candidate j where queries[i] == candidates[j]. [n] and [m], on their device.
struct Owners {
    torch::Tensor queries, candidates;
    std::vector<std::set<int64_t>> tiles;  ///< for each kTileRows queries the tiles that hold candidates of theirs

    /// query[k] and candidate[k] belong together, for each k.
    void setTiles(int64_t count, const std::vector<int64_t>& query, const std::vector<int64_t>& candidate) {
        tiles.resize(static_cast<size_t>((count + kTileRows - 1) / kTileRows));
        for (size_t k = 0; k < query.size(); ++k)
            tiles[static_cast<size_t>(query[k] / kTileRows)].insert(candidate[k] / kTileColumns);
    }
};

/// Similarities of some queries with all candidates, a tile of candidates after the other.
class Tiles {
  public:
    Tiles(torch::Tensor queries, torch::Tensor candidates)
        : m_queries(std::move(queries)), m_candidates(std::move(candidates)) {}

    int64_t count() const { return (m_candidates.size(0) + kTileColumns - 1) / kTileColumns; }
    int64_t begin(int64_t tile) const { return tile * kTileColumns; }
    int64_t size(int64_t tile) const { return std::min(kTileColumns, m_candidates.size(0) - begin(tile)); }
    /// [queries, size(tile)]; the last one is kept. A tile asked for again has the same numbers to the last bit.
    const torch::Tensor& similarity(int64_t tile) {
        if (tile != m_tile) m_similarity = m_queries.mm(m_candidates.narrow(0, begin(tile), size(tile)).t());
        m_tile = tile;
        return m_similarity;
    }

  private:
    torch::Tensor m_queries, m_candidates, m_similarity;
    int64_t m_tile = -1;
};

/// Sums of hits of all queries [n, d] among the candidates [m, d].
torch::Tensor sumOfHits(const torch::Tensor& queries, const torch::Tensor& candidates, const Owners& owners) {
    auto sums = torch::zeros({3}, queries.options().dtype(torch::kDouble));
    for (int64_t begin = 0; begin < queries.size(0); begin += kTileRows) {
        const int64_t count = std::min(kTileRows, queries.size(0) - begin);
        const auto ownerOfRow = owners.queries.narrow(0, begin, count);
        Tiles tiles(queries.narrow(0, begin, count), candidates);
        const auto isOwn = [&](int64_t tile) {
            const auto ownerOfColumn = owners.candidates.narrow(0, tiles.begin(tile), tiles.size(tile));
            return ownerOfRow.unsqueeze(1) == ownerOfColumn.unsqueeze(0);
        };
        // The best of a query's own candidates first: those of a few tiles, for neighbours belong to neighbours.
        auto best = torch::full({count, 1}, -INFINITY, queries.options());
        for (const int64_t tile : owners.tiles[static_cast<size_t>(begin / kTileRows)]) {
            const auto& similarity = tiles.similarity(tile);
            const auto own = similarity.masked_fill(~isOwn(tile) | similarity.isnan(), -INFINITY);
            best = best.maximum(own.amax(1, /*keepdim=*/true));
        }
        auto better = torch::zeros({count}, queries.options().dtype(torch::kLong)), equal = torch::zeros_like(better);
        for (int64_t tile = tiles.count() - 1; tile >= 0; --tile) {  // the last one is there, often
            const auto foreign = tiles.similarity(tile).masked_fill(isOwn(tile), -INFINITY);
            better += (foreign > best).sum(1);
            equal += (foreign == best).sum(1);
        }
        sums += hits(best.squeeze(1), better, equal);
    }
    return sums;
}

}  // namespace

RetrievalRecall retrievalRecall(const torch::Tensor& images, const torch::Tensor& texts,
                                const std::vector<int64_t>& imageOfText) {
    const torch::NoGradGuard noGrad;
    const int64_t n = images.size(0), m = texts.size(0);
    TORCH_CHECK(static_cast<int64_t>(imageOfText.size()) == m && n > 0 && m > 0, "a text must have an image");
    const auto ofTexts = torch::tensor(imageOfText, torch::kLong).to(images.device());
    const auto ofImages = torch::arange(n, ofTexts.options());
    std::vector<int64_t> numbers(static_cast<size_t>(m));
    std::iota(numbers.begin(), numbers.end(), int64_t{0});
    Owners ofImage{ofImages, ofTexts, {}}, ofText{ofTexts, ofImages, {}};
    ofImage.setTiles(n, imageOfText, numbers);
    ofText.setTiles(m, numbers, imageOfText);
    return {share(sumOfHits(images, texts, ofImage), n), share(sumOfHits(texts, images, ofText), m)};
}

}  // namespace diagonal
