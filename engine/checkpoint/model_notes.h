// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/checkpoint/model_info.h"

namespace diagonal {

// What only Diagonal knows of a model: its name, what it was made for, labels for a start, a fitted temperature. Kept
// in a model folder's diagonal.json, of a lone file in "weights.pt.diagonal.json" beside it; optional.

/// Adds what the notes of a model folder or file say. Throws Error naming the file.
void readNotes(const std::filesystem::path& model, ModelInfo& info);

/// Writes what the model says of itself, where it says something; a fitted temperature belongs to these weights alone.
void writeNotes(const std::filesystem::path& folder, const ModelInfo& info);

/// Keeps ModelInfo::fittedTemperature with a model folder or file; all else in its notes stays. The file it stands in.
/// Throws Error, for the program's own models too.
std::filesystem::path saveFittedTemperature(const std::filesystem::path& model, double temperature);

/// Throws Error for a model among the program's own resources: nothing is written there.
void refuseShippedModel(const std::filesystem::path& model);

/// Whether a file is the diagonal.json of a model folder.
bool isNotesOf(const std::filesystem::path& folder, const std::filesystem::path& file);

/// The text of notes as it was, byte for byte, before a fitted temperature was kept in it; none where the file came
/// with the temperature.
std::optional<std::string> notesWithoutTemperature(std::string text);

}  // namespace diagonal
