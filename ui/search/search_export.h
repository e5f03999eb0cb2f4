// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/index/moment_files.h"
#include "ui/search/search_session.h"

namespace diagonal {

/// With all hits above the line, also those that are not shown. Not on the UI thread: it may search once more. Throws
/// Cancelled.
SearchAnswerPtr wholeAnswer(const SearchAnswerPtr& answer, const JobContext& job);
/// Hits as a table, best first: path, relevance, cosine, start and end (seconds, of each moment of a video), above.
std::string hitsCsv(const SearchAnswer& answer, bool showsBelow);
/// The same as `diagonal-cli search --format jsonl` writes it.
std::string hitsJsonl(const SearchAnswer& answer, bool showsBelow);
/// Videos above the line with their moments, best video first; one video alone where `file` names it.
std::vector<VideoMoments> momentsOfHits(const SearchAnswer& answer, int file = -1);

}  // namespace diagonal
