// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/paths.h"

/// diagonal-cli run to its end, as a test sees it.
struct Finished {
    int code = -1;
    std::string out, err;

    bool says(const std::string& text) const { return err.find(text) != std::string::npos; }
    bool prints(const std::string& text) const { return out.find(text) != std::string::npos; }
    nlohmann::json json() const { return nlohmann::json::parse(out); }
    /// Of JSON.
    std::vector<nlohmann::json> lines() const {
        std::vector<nlohmann::json> all;
        for (size_t at = 0, end = 0; (end = out.find('\n', at)) != std::string::npos; at = end + 1)
            all.push_back(nlohmann::json::parse(out.substr(at, end - at)));
        return all;
    }
};

/// Tests leave the person's own cache of embeddings alone.
inline const bool kCacheIsOff = qputenv("DIAGONAL_EMBEDDING_CACHE", "off");

inline QString programFile() {
    return QString::fromUtf8(paths::kPrograms) + QStringLiteral("/diagonal-cli");
}

/// program: diagonal-cli, or what runs it.
inline Finished runProgram(const QString& program, const QStringList& arguments, const QByteArray& input = {},
                           const QString& folder = {}) {
    QProcess process;
    if (!folder.isEmpty()) process.setWorkingDirectory(folder);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(300000)) process.kill();
    const bool crashed = process.exitStatus() == QProcess::CrashExit;
    return {crashed ? -1 : process.exitCode(), process.readAllStandardOutput().toStdString(),
            process.readAllStandardError().toStdString()};
}

inline Finished runCli(const QStringList& arguments, const QByteArray& input = {}, const QString& folder = {}) {
    return runProgram(programFile(), arguments, input, folder);
}

/// The same where no file can become larger than so many bytes (a multiple of 512): a disk that is full.
inline Finished runOnFullDisk(qint64 bytes, const QStringList& arguments) {
    const QString limit = QStringLiteral("trap '' XFSZ; ulimit -f %1; exec \"$0\" \"$@\"").arg(bytes / 512);
    return runProgram(QStringLiteral("/bin/sh"), QStringList{"-c", limit, programFile()} + arguments);
}

inline void writeBytes(const QString& file, const QByteArray& bytes) {
    QFile target(file);
    QVERIFY(target.open(QIODevice::WriteOnly));
    QCOMPARE(target.write(bytes), bytes.size());
}

/// Nothing where the file is not there.
inline QByteArray bytesOf(const QString& file) {
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

/// Options of a run that takes seconds.
inline QStringList tinyTraining(const QString& run, int steps) {
    return {"train",
            "--train-data",
            "scenes:count=64,seed=3",
            "--val-data",
            "scenes:count=16,seed=4,split=test",
            "--model",
            "demo",
            "--steps",
            QString::number(steps),
            "--out",
            run,
            "--batch-size",
            "8",
            "--val-every",
            "1000",
            "--save-every",
            "1000",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--workers",
            "1"};
}

#define EXIT_CODE(finished, expected) QVERIFY2((finished).code == (expected), (finished).err.c_str())
