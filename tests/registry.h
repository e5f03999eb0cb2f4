// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Makes a test class one of its program's: AREA_tests NAME runs tests/AREA/test_NAME.cpp.
#define DIAGONAL_TEST(Class)                                                                      \
    static const tests::Registration k##Class(__FILE__, [](int argumentCount, char** arguments) { \
        Class test;                                                                               \
        return QTest::qExec(&test, argumentCount, arguments);                                     \
    })

#include <QTest>

namespace tests {

using Run = int (*)(int argumentCount, char** arguments);

/// `file` is the test's source, test_NAME.cpp.
struct Registration {
    Registration(const char* file, Run run);
};

}  // namespace tests
