// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_query.h"

#include <QRegularExpression>

namespace diagonal {

QString SearchTerm::key() const {
    switch (kind) {
        case Kind::Words:
            return QStringLiteral("words ") + text;
        case Kind::Picture:
            return QStringLiteral("picture ") + path;
        case Kind::Row:
            return QStringLiteral("row ") + path;
        case Kind::Marks:
            return QStringLiteral("marks");
    }
    return {};
}

QString SearchTerm::shown() const {
    return isMinus ? QStringLiteral("− ") + text : text;
}

std::vector<SearchTerm> parseQuery(const QString& line) {
    // A hyphen, a minus, a full-width hyphen; behind it a character of a word.
    static const QRegularExpression kMinus(QStringLiteral("(?:^|\\s)[-−－](?=\\S)"));
    std::vector<SearchTerm> terms;
    bool isMinus = false;
    const auto take = [&](const QString& part) {
        const QString text = part.simplified();
        if (text.isEmpty()) return;
        SearchTerm term;
        term.text = text;
        term.isMinus = isMinus;
        terms.push_back(term);
    };
    qsizetype from = 0;
    for (auto matches = kMinus.globalMatch(line); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        take(line.mid(from, match.capturedStart() - from));
        isMinus = true;
        from = match.capturedEnd();
    }
    take(line.mid(from));
    return terms;
}

}  // namespace diagonal
