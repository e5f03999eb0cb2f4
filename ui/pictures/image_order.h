// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCollator>
#include <QString>
#include <Qt>
#include <functional>
#include <vector>

namespace diagonal {

/// For names and labels in the person's language: 9 before 10, case does not count.
QCollator naturalCollator();

/// Orders rows by a key that is taken once a row; equal ones keep their order, those without one (NaN, empty text)
/// stand last in either order.
void orderByNumber(std::vector<int>& rows, Qt::SortOrder order, const std::function<double(int)>& key);
void orderByText(std::vector<int>& rows, Qt::SortOrder order, const std::function<QString(int)>& key);

}  // namespace diagonal
