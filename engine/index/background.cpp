// SPDX-License-Identifier: Apache-2.0
#include "engine/index/background.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/base/libtorch.h"
#include "engine/index/row_products.h"

namespace diagonal {

namespace {

constexpr int64_t kNullPictures = 200;
constexpr int64_t kBlockRows = 4096;
constexpr double kNoSpread = 1e-6;
constexpr size_t kFewForQuartiles = 20;  ///< quartiles of fewer say little

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

/// What pictures have that show nothing in particular: drawn at random with the covariance and the lengths of the
/// library's rows less their mean.
torch::Tensor picturesOfNothing(const torch::Tensor& centred) {
    const int64_t rows = centred.size(0);
    if (rows == 0) return centred;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const torch::Tensor shares = torch::empty({kNullPictures, rows});
    for (int64_t i = 0; i < shares.numel(); ++i)
        shares.mutable_data_ptr<float>()[i] = normal(random);
    const torch::Tensor drawn = shares.mm(centred);
    return drawn / drawn.norm(2, 1, true).clamp_min(kNoSpread) * centred.norm(2, 1).mean();
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
    readSample(snapshot, alive);
    job.throwIfStopped();

    const auto zeros = torch::zeros({m_dim});
    const torch::Tensor sample = matrixOf(m_sample, m_dim);
    const torch::Tensor mean = m_sample.empty() ? zeros : sample.mean(0);
    const torch::Tensor centred = sample - mean;
    torch::Tensor texts = matrixOf(unrelated, m_dim);
    const auto count = static_cast<double>(texts.size(0));
    const torch::Tensor common = count == 0 ? zeros : texts.mean(0) * kCommonShare;
    // Each text against the mean of the others.
    if (count > 1) texts = texts * (1 + kCommonShare / (count - 1)) - common * (count / (count - 1));
    torch::Tensor pictures = picturesOfNothing(centred);
    m_wordsSigma = robustSigma(someOf(centred.mm(texts.t())));
    m_pictureSigma = robustSigma(someOf(centred.mm(pictures.t())));
    m_mean = vectorOf(mean);
    m_common = vectorOf(common);
    job.throwIfStopped();

    m_words = NullHistograms(texts.size(0));
    m_pictures = NullHistograms(pictures.size(0));
    countRelevances(snapshot, vectorOf(torch::cat({texts / m_wordsSigma, pictures / m_pictureSigma})),
                    spread(alive, kTailSample), job);
    m_wordsDensity = m_words.density();
    m_pictureDensity = m_pictures.density();
}

void Background::readSample(const Snapshot& snapshot, std::span<const int64_t> alive) {
    const auto dim = static_cast<size_t>(m_dim);
    std::vector<float> row(dim);
    for (const int64_t i : spread(alive, kSample)) {
        readRows(snapshot, i, 1, row.data());
        if (std::isfinite(dotProduct(row.data(), row.data(), dim)))
            m_sample.insert(m_sample.end(), row.begin(), row.end());
    }
}

void Background::countRelevances(const Snapshot& snapshot, const std::vector<float>& queries,
                                 const std::vector<int64_t>& rows, const JobContext& job) {
    const torch::Tensor directions = matrixOf(queries, m_dim);
    const torch::Tensor offsets = directions.mv(matrixOf(m_mean, m_dim).squeeze(0)).unsqueeze(1);
    const int64_t words = m_words.queries();
    m_tailRows = static_cast<double>(rows.size());
    std::vector<float> block;
    for (size_t first = 0; first < rows.size(); first += static_cast<size_t>(kBlockRows)) {
        job.throwIfStopped();
        const std::span<const int64_t> some(rows.data() + first,
                                            std::min(static_cast<size_t>(kBlockRows), rows.size() - first));
        block.resize(some.size() * static_cast<size_t>(m_dim));
        readRows(snapshot, some, block.data());
        const torch::Tensor products =
            torch::addmm(offsets, directions, matrixOf(block, m_dim).t(), -1, 1).contiguous();
        const float* const values = products.const_data_ptr<float>();
        at::parallel_for(0, directions.size(0), 8, [&](int64_t from, int64_t to) {
            for (int64_t query = from; query < to; ++query)
                for (size_t i = 0; i < some.size(); ++i) {
                    const float value = values[static_cast<size_t>(query) * some.size() + i];
                    if (query < words)
                        m_words.add(query, value);
                    else
                        m_pictures.add(query - words, value);
                }
        });
        job.progress(static_cast<int64_t>(first + some.size()), static_cast<int64_t>(rows.size()));
    }
}

double Background::spreadOf(std::span<const float> direction) const {
    const size_t count = m_sample.size() / static_cast<size_t>(m_dim);
    std::vector<float> products(count);
    for (size_t i = 0; i < count; ++i)
        products[i] = dotProduct(m_sample.data() + i * direction.size(), direction.data(), direction.size());
    if (count >= kFewForQuartiles) return robustSigma(std::move(products));
    double sum = 0, squares = 0;
    for (const float product : products) {
        sum += product;
        squares += double{product} * product;
    }
    const double mean = sum / static_cast<double>(std::max<size_t>(count, 1));
    const double variance = squares / static_cast<double>(std::max<size_t>(count, 1)) - mean * mean;
    return std::sqrt(std::max(variance, kNoSpread * kNoSpread));
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
    return (kind == TermKind::Words ? m_words : m_pictures).line(m_tailRows, looked, kShare, isWithout);
}

const std::vector<double>& Background::density(TermKind kind) const {
    return kind == TermKind::Words ? m_wordsDensity : m_pictureDensity;
}

}  // namespace diagonal
