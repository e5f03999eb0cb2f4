// SPDX-License-Identifier: Apache-2.0
// A program of an area's test classes: AREA_tests NAME [QT TEST'S ARGUMENTS]. Each run is one class, in a process of
// its own.
#include <QCoreApplication>
#include <QFileInfo>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/registry.h"
#ifdef QT_WIDGETS_LIB
#include <QApplication>
using Application = QApplication;
#else
using Application = QCoreApplication;
#endif

namespace tests {

namespace {

std::map<std::string, Run>& registered() {
    static std::map<std::string, Run> runs;
    return runs;
}

bool isOver = false;

}  // namespace

Registration::Registration(const char* file, Run run) {
    registered()[QFileInfo(QString::fromUtf8(file)).completeBaseName().mid(int(sizeof "test_") - 1).toStdString()] =
        run;
}

}  // namespace tests

int main(int argumentCount, char** arguments) {
    const auto& runs = tests::registered();
    const auto found = argumentCount > 1 ? runs.find(arguments[1]) : runs.end();
    if (found == runs.end()) {
        std::fprintf(stderr, "usage: %s NAME [ARGUMENTS OF QT TEST]\n", arguments[0]);
        for (const auto& [name, run] : runs)
            std::fprintf(stderr, "  %s\n", name.c_str());
        return 2;
    }
    qputenv("LC_ALL", "C.UTF-8");
    qputenv("DIAGONAL_EMBEDDING_CACHE", "off");
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    // A class that ends the process has not passed.
    std::atexit([] {
        if (!tests::isOver) std::_Exit(3);
    });
    arguments[1] = arguments[0];
    --argumentCount;
    ++arguments;
    QCoreApplication::setAttribute(Qt::AA_Use96Dpi);
    Application application(argumentCount, arguments);
    // Settings and caches of a class are its own.
    QCoreApplication::setApplicationName(QCoreApplication::applicationName() + "-" +
                                         QString::fromStdString(found->first));
    const int result = found->second(argumentCount, arguments);
    tests::isOver = true;
    return result;
}
