// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/hub/sha256.h"
#include "tests/error_of.h"
#include "tests/paths.h"

/// A home folder of its own, with no cache of this computer in sight.
class FakeHome {
  public:
    FakeHome() {
        for (const char* name :
             {"DIAGONAL_CACHE", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_ENDPOINT",
              "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE",
              "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
            qunsetenv(name);
        qputenv("HOME", m_folder.path().toUtf8());
        qputenv("DIAGONAL_CATALOGUE", QByteArray::fromStdString(paths::source("resources/catalogue.json")));
    }

    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path cache() const { return path() / ".cache"; }
    std::filesystem::path models() const { return cache() / "diagonal" / "models"; }

    std::filesystem::path write(const std::filesystem::path& file, const std::string& content) const {
        const auto path = cache() / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

    /// Uses this text as the catalogue.
    void setCatalogue(const std::string& content) const {
        qputenv("DIAGONAL_CATALOGUE", QByteArray::fromStdString(write("catalogue.json", content).string()));
    }

  private:
    QTemporaryDir m_folder;
};

inline std::string contentOf(const std::filesystem::path& file) {
    std::ifstream input(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
}

/// SHA-256 in hexadecimal digits.
inline std::string hashOf(const std::string& bytes) {
    diagonal::Sha256 hash;
    hash.add(bytes.data(), bytes.size());
    return hash.digits();
}

#define SAYS(text, part)                                              \
    do {                                                              \
        const std::string said = text;                                \
        QVERIFY2(said.find(part) != std::string::npos, said.c_str()); \
    } while (false)
