// SPDX-License-Identifier: Apache-2.0
#include "engine/index/background.h"

#include <algorithm>
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/index/row_products.h"

namespace diagonal {

namespace {

constexpr int64_t kNullPictures = 200;
constexpr int64_t kBlockRows = 4096;
constexpr double kNoSpread = 1e-6;

/// `count` of them, evenly spread.
std::vector<int64_t> spread(std::span<const int64_t> rows, int64_t count) {
    const auto size = static_cast<int64_t>(rows.size());
    std::vector<int64_t> some;
    for (int64_t i = 0; i < std::min(count, size); ++i)
        some.push_back(rows[static_cast<size_t>(size <= count ? i : i * size / count)]);
    return some;
}

torch::Tensor matrixOf(const std::vector<float>& values, int64_t dim) {
    return torch::from_blob(const_cast<float*>(values.data()), {static_cast<int64_t>(values.size()) / dim, dim});
}

std::vector<float> vectorOf(const torch::Tensor& tensor) {
    const torch::Tensor flat = tensor.contiguous();
    return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

/// The standard deviation of a normal distribution with these quartiles: what belongs together moves it little.
double robustSigma(std::vector<float> values) {
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    if (values.size() < 4) return kNoSpread;
    const auto quartile = [&](size_t quarter) {
        const auto at = values.begin() + static_cast<ptrdiff_t>(values.size() * quarter / 4);
        std::nth_element(values.begin(), at, values.end());
        return double{*at};
    };
    const double low = quartile(1), high = quartile(3);
    return std::max((high - low) * 0.7413, kNoSpread);
}

/// Numbers enough of a matrix for its quartiles.
std::vector<float> someOf(const torch::Tensor& matrix) {
    const torch::Tensor flat = matrix.flatten();
    const int64_t step = std::max<int64_t>(flat.numel() / 400000, 1);
    return vectorOf(flat.slice(0, 0, flat.numel(), step | 1));
}

}  // namespace

Background::Background(const Snapshot& snapshot, const std::vector<float>& unrelated, std::span<const int64_t> alive,
                       const JobContext& job)
    : m_dim(snapshot.model.dim) {
    const torch::NoGradGuard noGrad;
    const std::vector<int64_t> sampled = spread(alive, kSample), tail = spread(alive, kTailSample);
    m_tailRows = static_cast<double>(tail.size());
    m_sample.resize(sampled.size() * static_cast<size_t>(m_dim));
    readRows(snapshot, sampled, m_sample.data());
    job.throwIfStopped();

    const auto zeros = torch::zeros({m_dim});
    const torch::Tensor sample = matrixOf(m_sample, m_dim).nan_to_num();
    const torch::Tensor mean = sampled.empty() ? zeros : sample.mean(0);
    torch::Tensor texts = matrixOf(unrelated, m_dim);
    const auto count = static_cast<double>(texts.size(0));
    const torch::Tensor common = count == 0 ? zeros : texts.mean(0) * kCommonShare;
    // Each text against the mean of the others.
    if (count > 1) texts = texts * (1 + kCommonShare / (count - 1)) - common * (count / (count - 1));
    const std::vector<int64_t> nullRows = spread(sampled, kNullPictures);
    std::vector<float> nullValues(nullRows.size() * static_cast<size_t>(m_dim));
    readRows(snapshot, nullRows, nullValues.data());
    torch::Tensor pictures = matrixOf(nullValues, m_dim).nan_to_num() - mean;

    const torch::Tensor centred = sample - mean;
    m_wordsSigma = robustSigma(someOf(centred.mm(texts.t())));
    m_pictureSigma = robustSigma(someOf(centred.mm(pictures.t())));
    m_mean = vectorOf(mean);
    m_common = vectorOf(common);
    job.throwIfStopped();

    texts = texts / m_wordsSigma;
    pictures = pictures / m_pictureSigma;
    const torch::Tensor queries = torch::cat({texts, pictures});
    const torch::Tensor offsets = queries.mv(mean);
    m_words = NullHistograms(texts.size(0));
    m_pictures = NullHistograms(pictures.size(0));
    std::vector<float> block;
    for (size_t first = 0; first < tail.size(); first += static_cast<size_t>(kBlockRows)) {
        job.throwIfStopped();
        const std::span<const int64_t> rows(tail.data() + first,
                                            std::min(static_cast<size_t>(kBlockRows), tail.size() - first));
        block.resize(rows.size() * static_cast<size_t>(m_dim));
        readRows(snapshot, rows, block.data());
        const torch::Tensor products =
            torch::addmm(offsets.unsqueeze(1), queries, matrixOf(block, m_dim).t(), -1, 1).contiguous();
        const float* const values = products.const_data_ptr<float>();
        at::parallel_for(0, queries.size(0), 8, [&](int64_t from, int64_t to) {
            for (int64_t query = from; query < to; ++query) {
                const int64_t picture = query - texts.size(0);
                for (size_t i = 0; i < rows.size(); ++i) {
                    const float value = values[static_cast<size_t>(query) * rows.size() + i];
                    if (picture < 0)
                        m_words.add(query, value);
                    else if (rows[i] != nullRows[static_cast<size_t>(picture)])
                        m_pictures.add(picture, value);
                }
            }
        });
        job.progress(static_cast<int64_t>(first + rows.size()), static_cast<int64_t>(tail.size()));
    }
    m_wordsDensity = m_words.density();
    m_pictureDensity = m_pictures.density();
}

double Background::spreadOf(std::span<const float> direction) const {
    const size_t count = m_sample.size() / static_cast<size_t>(m_dim);
    std::vector<float> products(count);
    for (size_t i = 0; i < count; ++i)
        products[i] = dotProduct(m_sample.data() + i * direction.size(), direction.data(), direction.size());
    return robustSigma(std::move(products));
}

Background::Direction Background::direction(const QueryTerm& term) const {
    Direction result{term.embedding, 0};
    double sigma = term.kind == TermKind::Words ? m_wordsSigma : m_pictureSigma;
    if (term.kind == TermKind::Learned) {
        sigma = spreadOf(term.embedding);
    } else {
        const std::vector<float>& common = term.kind == TermKind::Words ? m_common : m_mean;
        for (size_t i = 0; i < common.size(); ++i)
            result.values[i] -= common[i];
    }
    for (size_t i = 0; i < m_mean.size(); ++i) {
        result.values[i] = static_cast<float>(result.values[i] / sigma);
        result.offset += double{result.values[i]} * m_mean[i];
    }
    return result;
}

std::vector<double> Background::correlations(std::span<const Direction> terms) const {
    const size_t count = m_sample.size() / static_cast<size_t>(m_dim), n = terms.size();
    std::vector<double> sums(n * n, 0.0), values(n);
    for (size_t i = 0; i < count; ++i) {
        const float* const row = m_sample.data() + i * static_cast<size_t>(m_dim);
        for (size_t k = 0; k < n; ++k)
            values[k] = dotProduct(row, terms[k].values.data(), terms[k].values.size()) - terms[k].offset;
        for (size_t k = 0; k < n * n; ++k)
            sums[k] += values[k / n] * values[k % n];
    }
    std::vector<double> result(n * n);
    for (size_t k = 0; k < n * n; ++k) {
        const double scale = std::sqrt(sums[k / n * n + k / n] * sums[k % n * n + k % n]);
        const double own = k / n == k % n ? 1 : 0;
        result[k] = scale > 0 && std::isfinite(scale) ? sums[k] / scale : own;
    }
    return result;
}

double Background::line(TermKind kind, bool isWithout, double looked) const {
    // Most pictures of a library have relatives in it, which are no chance: of pictures the lower tail tells how far
    // chance goes.
    if (kind == TermKind::Words) return m_words.line(m_tailRows, looked, kShare, isWithout);
    return m_pictures.line(m_tailRows, looked, kShare, true);
}

const std::vector<double>& Background::density(TermKind kind) const {
    return kind == TermKind::Words ? m_wordsDensity : m_pictureDensity;
}

}  // namespace diagonal
