// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_order.h"

#include <QHash>
#include <QLocale>
#include <algorithm>
#include <cmath>

namespace diagonal {

namespace {

/// The texts' places in the alphabet; a label or folder that many share is compared once. Empty: NaN.
std::vector<double> places(const std::vector<QString>& texts) {
    const QCollator collator = naturalCollator();
    std::vector<std::pair<QCollatorSortKey, QString>> distinct;
    QHash<QString, double> placeOf;
    for (const QString& text : texts)
        if (!text.isEmpty() && !placeOf.contains(text)) {
            placeOf.insert(text, 0);
            distinct.emplace_back(collator.sortKey(text), text);
        }
    std::sort(distinct.begin(), distinct.end(), [](const auto& a, const auto& b) {
        const int order = a.first.compare(b.first);
        return order != 0 ? order < 0 : a.second < b.second;
    });
    for (size_t i = 0; i < distinct.size(); ++i)
        placeOf[distinct[i].second] = static_cast<double>(i);
    std::vector<double> result;
    result.reserve(texts.size());
    for (const QString& text : texts)
        result.push_back(placeOf.value(text, std::nan("")));
    return result;
}

void orderByKeys(std::vector<int>& rows, Qt::SortOrder order, const std::vector<double>& keys) {
    std::vector<std::pair<double, int>> keyed;
    keyed.reserve(rows.size());
    for (size_t i = 0; i < rows.size(); ++i)
        keyed.emplace_back(keys[i], rows[i]);
    std::stable_sort(keyed.begin(), keyed.end(), [order](const auto& a, const auto& b) {
        if (std::isnan(a.first) || std::isnan(b.first)) return !std::isnan(a.first) && std::isnan(b.first);
        return order == Qt::AscendingOrder ? a.first < b.first : a.first > b.first;
    });
    std::transform(keyed.begin(), keyed.end(), rows.begin(), [](const auto& one) { return one.second; });
}

}  // namespace

// The C locale compares bytes; English puts 9 before 10.
QCollator naturalCollator() {
    QCollator collator(QLocale().language() == QLocale::C ? QLocale(QLocale::English) : QLocale());
    collator.setNumericMode(true);
    collator.setCaseSensitivity(Qt::CaseInsensitive);
    return collator;
}

void orderByNumber(std::vector<int>& rows, Qt::SortOrder order, const std::function<double(int)>& key) {
    std::vector<double> keys;
    keys.reserve(rows.size());
    for (const int row : rows)
        keys.push_back(key(row));
    orderByKeys(rows, order, keys);
}

void orderByText(std::vector<int>& rows, Qt::SortOrder order, const std::function<QString(int)>& key) {
    std::vector<QString> texts;
    texts.reserve(rows.size());
    for (const int row : rows)
        texts.push_back(key(row));
    orderByKeys(rows, order, places(texts));
}

}  // namespace diagonal
