// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/torch_file.h"

#include <zlib.h>

#include <algorithm>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/formats/bytes.h"
#include "engine/formats/file_kind.h"
#include "engine/formats/pickle.h"
#include "engine/formats/torch_state_dict.h"
#include "engine/formats/zip_directory.h"

namespace diagonal {

namespace {

constexpr uint64_t kMaxPickle = uint64_t{256} << 20;
constexpr std::string_view kOldMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c

/// Bytes of a storage of this many elements; 0 when they cannot fit the file.
bool storageSize(const PickleStorage& storage, uint64_t fileSize, uint64_t& size) {
    return !__builtin_mul_overflow(storage.count, uint64_t{storage.elementSize}, &size) && size <= fileSize;
}

std::string_view contentOf(std::span<const uint8_t> file, const ZipMember* member) {
    return asText(file.subspan(member->offset, member->size));
}

const ZipMember* storedMember(const ZipDirectory& zip, const std::string& member, const std::string& file) {
    const ZipMember* found = zip.find(member);
    if (found != nullptr && found->compressed)
        throw Error(file, inQuotes(member) + " in this zip archive is compressed, which PyTorch never does",
                    "Load and save the file with PyTorch");
    return found;
}

}  // namespace

bool looksLikeZip(std::span<const uint8_t> file) {
    return startsWith(file, "PK\x03\x04");
}

bool looksLikeOldTorchFile(std::span<const uint8_t> file) {
    // PROTO, a FRAME from protocol 4 on, LONG1.
    return file.size() > 2 && file[0] == 0x80 &&
           asText(file.first(std::min<size_t>(file.size(), 32))).find(kOldMagic) != std::string_view::npos;
}

CheckpointIndex indexTorchArchive(std::span<const uint8_t> file, const std::string& name) {
    const ZipDirectory zip(file, name);
    // All members stand in one folder, of any name.
    const auto slash = zip.members().empty() ? std::string_view::npos : zip.members()[0].name.find('/');
    const std::string folder(slash == std::string_view::npos ? "" : zip.members()[0].name.substr(0, slash + 1));
    const ZipMember* pickleMember = folder.empty() ? nullptr : storedMember(zip, folder + "data.pkl", name);
    if (pickleMember == nullptr) throw foreignZip(zip, name);

    if (const ZipMember* order = storedMember(zip, folder + "byteorder", name);
        order != nullptr && contentOf(file, order) != "little")
        throw Error(name, "its numbers are in the order of a big-endian computer",
                    "Load and save it with PyTorch on an ordinary computer");
    if (pickleMember->size > kMaxPickle) throw Error(name, "its data.pkl is too large");
    const auto pickleBytes = file.subspan(pickleMember->offset, pickleMember->size);
    if (crc32_z(0, pickleBytes.data(), pickleBytes.size()) != pickleMember->crc)
        throw Error(name, "its data.pkl is damaged (its checksum differs)", "Get the file again");

    const Pickle pickle(pickleBytes, name);
    const auto findStorage = [&](const PickleStorage& storage) {
        const std::string member = folder + "data/" + std::string(storage.key);
        const ZipMember* found = storedMember(zip, member, name);
        if (found == nullptr) throw Error(name, inQuotes(member) + " is missing in it", "Get the file again");
        uint64_t size = 0;
        if (!storageSize(storage, file.size(), size) || size != found->size)
            throw Error(name, inQuotes(member) + " has another size than its tensors say", "Get the file again");
        return StoragePlace{found->offset, size};
    };
    CheckpointIndex index;
    const bool script = zip.find(folder + "constants.pkl") != nullptr;
    index.container = script ? "TorchScript archive" : "PyTorch archive";
    collectStateDict(pickle, findStorage, file.size(), name, index);
    return index;
}

CheckpointIndex indexOldTorchFile(std::span<const uint8_t> file, const std::string& name) {
    uint64_t position = 0;
    const auto nextPickle = [&] {
        Pickle pickle(file.subspan(position, std::min(file.size() - position, kMaxPickle)), name);
        position += pickle.size();
        return pickle;
    };
    const auto damaged = [&](const std::string& problem) {
        return Error(name, "this old PyTorch file is damaged: " + problem, "Get the file again");
    };

    const Pickle magic = nextPickle();
    const auto& number = magic.value(magic.root());
    if (number.kind != PickleKind::Long || number.text != kOldMagic) throw damaged("it begins with a wrong number");
    const Pickle version = nextPickle();
    if (version.value(version.root()).kind != PickleKind::Int || version.value(version.root()).integer != 1001)
        throw damaged("its version is unknown");
    const Pickle system = nextPickle();
    if (system.value(system.root()).kind == PickleKind::Dict) {
        const auto& items = system.items(system.root());
        for (size_t i = 0; i < items.size(); i += 2) {
            if (system.isText(items[i], "little_endian") && system.value(items[i + 1]).integer == 0)
                throw Error(name, "its numbers are in the order of a big-endian computer",
                            "Load and save it with PyTorch on an ordinary computer");
        }
    }
    const Pickle pickle = nextPickle();
    const Pickle keys = nextPickle();
    if (keys.value(keys.root()).kind != PickleKind::List) throw damaged("the list of its storages is missing");

    // Behind the pickles each storage has its number of elements, then their bytes.
    std::unordered_map<std::string_view, uint64_t> elementSizes;
    for (const auto& storage : pickle.storages()) {
        const auto [known, isNew] = elementSizes.emplace(storage.key, storage.elementSize);
        if (!isNew && known->second != storage.elementSize) throw damaged("a storage has two types");
    }
    std::unordered_map<std::string_view, StoragePlace> places;
    for (const PickleId key : keys.items(keys.root())) {
        const auto known = elementSizes.find(keys.value(key).text);
        if (keys.value(key).kind != PickleKind::Text || known == elementSizes.end())
            throw damaged("a storage belongs to no tensor");
        if (file.size() - position < 8) throw damaged("it ends too early");
        uint64_t size = 0;
        if (__builtin_mul_overflow(loadNumber<uint64_t>(file.data() + position), known->second, &size) ||
            size > file.size() - position - 8)
            throw damaged("it ends too early");
        if (!places.emplace(known->first, StoragePlace{position + 8, size}).second)
            throw damaged("a storage stands in it twice");
        position += 8 + size;
    }
    if (position != file.size()) throw damaged("it is longer than its tensors");

    const auto findStorage = [&](const PickleStorage& storage) {
        const auto found = places.find(storage.key);
        uint64_t size = 0;
        if (found == places.end()) throw damaged("the bytes of a storage are missing");
        if (!storageSize(storage, file.size(), size) || size != found->second.size)
            throw damaged("a storage has another size than its tensors say");
        return found->second;
    };
    CheckpointIndex index;
    index.container = "old PyTorch file";
    collectStateDict(pickle, findStorage, file.size(), name, index);
    return index;
}

}  // namespace diagonal
