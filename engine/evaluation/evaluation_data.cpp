// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_data.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace diagonal {

namespace {

constexpr size_t kTestOfFive = 2;

/// Pictures of each class, in the order of the hashes of their names.
std::map<int, std::vector<size_t>> drawnByClass(const EvaluationData& data, const std::vector<size_t>& pictures) {
    std::map<int, std::vector<std::pair<NameHash, size_t>>> byClass;
    for (const size_t i : pictures)
        byClass[data.labels.empty() ? -1 : data.labels[i]].emplace_back(nameHash(data.pictures.names[i]), i);
    std::map<int, std::vector<size_t>> drawn;
    for (auto& [label, members] : byClass) {
        std::ranges::sort(members);
        for (const auto& [hash, i] : members)
            drawn[label].push_back(i);
    }
    return drawn;
}

}  // namespace

std::vector<size_t> EvaluationData::labelled(EvaluationPart part) const {
    std::vector<size_t> found;
    for (size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= 0 && (parts.empty() ? part == EvaluationPart::Test : parts[i] == part)) found.push_back(i);
    return found;
}

EvaluationData only(EvaluationData data, const std::vector<size_t>& kept) {
    EvaluationData result;
    result.name = std::move(data.name);
    result.classes = std::move(data.classes);
    result.notes = std::move(data.notes);
    std::vector<int64_t> newNumber(data.size(), -1);
    for (const size_t i : kept) {
        newNumber[i] = static_cast<int64_t>(result.pictures.names.size());
        result.pictures.names.push_back(data.pictures.names[i]);
        if (!data.pictures.files.empty()) result.pictures.files.push_back(data.pictures.files[i]);
        if (!data.labels.empty()) result.labels.push_back(data.labels[i]);
        if (!data.parts.empty()) result.parts.push_back(data.parts[i]);
    }
    for (size_t k = 0; k < data.pictures.captions.size(); ++k) {
        const int64_t picture = newNumber[static_cast<size_t>(data.pictures.pictureOfCaption[k])];
        if (picture < 0) continue;
        result.pictures.captions.push_back(std::move(data.pictures.captions[k]));
        result.pictures.pictureOfCaption.push_back(picture);
    }
    if (data.pictures.decode)
        result.pictures.decode = [decode = data.pictures.decode, kept](size_t i) { return decode(kept[i]); };
    return result;
}

EvaluationData drawData(EvaluationData data, size_t limit) {
    if (limit == 0 || limit >= data.size()) return data;
    const std::vector<size_t> drawn = drawByHash(data.pictures.names, limit);
    return only(std::move(data), drawn);
}

void drawParts(EvaluationData& data) {
    if (!data.parts.empty()) return;
    data.parts.assign(data.size(), EvaluationPart::Train);
    std::vector<size_t> all(data.size());
    std::iota(all.begin(), all.end(), size_t{0});
    for (const auto& [label, pictures] : drawnByClass(data, all)) {
        const size_t tested = std::max<size_t>(1, pictures.size() * kTestOfFive / 5);
        for (size_t k = 0; k < tested; ++k)
            data.parts[pictures[k]] = EvaluationPart::Test;
    }
}

std::vector<size_t> drawShare(const EvaluationData& data, std::vector<size_t>& pictures, size_t of) {
    std::vector<size_t> rest, drawn;
    for (const auto& [label, members] : drawnByClass(data, pictures)) {
        const auto middle = static_cast<std::ptrdiff_t>(members.size() / of);
        drawn.insert(drawn.end(), members.begin(), members.begin() + middle);
        rest.insert(rest.end(), members.begin() + middle, members.end());
    }
    std::ranges::sort(rest);
    std::ranges::sort(drawn);
    pictures = std::move(rest);
    return drawn;
}

void settleTested(EvaluationData& data) {
    const auto has = [&](EvaluationPart part) { return std::ranges::count(data.parts, part) > 0; };
    if (data.parts.empty() || has(EvaluationPart::Test)) return;
    const bool isValidated = has(EvaluationPart::Validation);
    data.notes.emplace_back(isValidated ? "The data has no test pictures: those of its validation split are evaluated"
                                        : "The data has no test pictures: those of its training split are evaluated");
    std::ranges::replace(data.parts, isValidated ? EvaluationPart::Validation : EvaluationPart::Train,
                         EvaluationPart::Test);
}

void addTraining(EvaluationData& data, EvaluationData training) {
    settleTested(data);
    if (!data.parts.empty()) {
        std::vector<size_t> tested;
        for (size_t i = 0; i < data.size(); ++i)
            if (data.parts[i] == EvaluationPart::Test) tested.push_back(i);
        data = only(std::move(data), tested);
    }
    std::map<std::string, int> numbers;
    for (size_t c = 0; c < data.classes.size(); ++c)
        numbers.emplace(data.classes[c], static_cast<int>(c));
    const bool isSame = training.classes == data.classes;  // then a name may stand twice
    std::vector<size_t> kept;
    std::set<std::string> unknown;
    size_t held = 0;
    for (size_t i = 0; i < training.labels.size(); ++i) {
        if (training.labels[i] < 0) continue;
        if (!training.parts.empty() && training.parts[i] == EvaluationPart::Test) {
            ++held;
            continue;
        }
        const std::string& name = training.classes[static_cast<size_t>(training.labels[i])];
        if (isSame || numbers.contains(name))
            kept.push_back(i);
        else
            unknown.insert(name);
    }
    if (kept.empty() && held > 0 && unknown.empty())
        throw Error(training.name, "all of its pictures are its test split, which is not learnt from",
                    "Give pictures of a training split");
    if (held > 0)
        data.notes.push_back(std::to_string(held) +
                             (held == 1 ? " picture of the test split of " : " pictures of the test split of ") +
                             training.name + (held == 1 ? " is not learnt from" : " are not learnt from"));
    if (kept.empty())
        throw Error(training.name, "none of its pictures is of a class of " + data.name,
                    "Classes go by their names: give data with the same ones");
    if (!unknown.empty())
        data.notes.push_back(std::to_string(unknown.size()) + (unknown.size() == 1 ? " class of " : " classes of ") +
                             training.name + (unknown.size() == 1 ? " is none of " : " are none of ") + data.name +
                             (unknown.size() == 1 ? " and is left out: “" : " and are left out, such as “") +
                             *unknown.begin() + "”");
    training = only(std::move(training), kept);
    const bool haveFiles = !data.pictures.files.empty() && !training.pictures.files.empty();
    if (!haveFiles)
        data.pictures.decode = [first = data.pictures, second = training.pictures](size_t i) {
            const CaptionedPictures& part = i < first.size() ? first : second;
            const size_t number = i < first.size() ? i : i - first.size();
            return part.files.empty() ? part.decode(number) : readImage(part.files[number]);
        };
    data.parts.assign(data.size(), EvaluationPart::Test);
    if (training.parts.empty()) training.parts.assign(training.size(), EvaluationPart::Train);
    data.parts.insert(data.parts.end(), training.parts.begin(), training.parts.end());
    for (const int label : training.labels)
        data.labels.push_back(isSame ? label : numbers.at(training.classes[static_cast<size_t>(label)]));
    auto& names = data.pictures.names;
    names.insert(names.end(), training.pictures.names.begin(), training.pictures.names.end());
    auto& files = data.pictures.files;
    if (haveFiles)
        files.insert(files.end(), training.pictures.files.begin(), training.pictures.files.end());
    else
        files.clear();
}

void renameClasses(EvaluationData& data, const std::vector<std::string>& lines, const std::string& file) {
    std::set<size_t> renamed;
    std::vector<std::string> names = data.classes;
    for (size_t i = 0; i < lines.size(); ++i) {
        const std::string place = "line " + std::to_string(i + 1);
        const size_t tab = lines[i].find('\t');
        const std::string name(trimmed(std::string_view(lines[i]).substr(0, tab)));
        const std::string words(tab == std::string::npos ? "" : trimmed(std::string_view(lines[i]).substr(tab + 1)));
        if (name.empty() || words.empty())
            throw Error(file, place + ": is no class, a tab and its words", "Write “n02110063<TAB>malamute”");
        const auto found = std::ranges::find(data.classes, name);
        if (found == data.classes.end())
            throw Error(file, place + ": no class of the data is called “" + name + "”",
                        data.classes.empty() ? ""
                                             : "The first of its " + counted(data.classes.size(), "class", "classes") +
                                                   " is “" + data.classes.front() + "”");
        const auto number = static_cast<size_t>(found - data.classes.begin());
        if (!renamed.insert(number).second) throw Error(file, place + ": “" + name + "” has a line already");
        names[number] = words;
    }
    std::map<std::string, size_t> owners;
    for (size_t c = 0; c < names.size(); ++c)
        if (const auto [owner, isNew] = owners.emplace(names[c], c); !isNew)
            data.notes.push_back("“" + data.classes[owner->second] + "” and “" + data.classes[c] +
                                 "” are both called “" + names[c] + "”: their prompts cannot be told apart");
    data.classes = std::move(names);
}

}  // namespace diagonal
