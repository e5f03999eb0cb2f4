// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "tests/registry.h"

using namespace diagonal;

class TestDevice : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void theFirstDeviceIsTheCpu() { QCOMPARE(devices().at(0).name, std::string("cpu")); }

    /// It ended the program where sentencepiece was loaded beside LibTorch.
    void memoryThatIsNotThereIsAnException() {
#ifdef __SANITIZE_ADDRESS__
        QSKIP("the sanitizer's allocator ends the program");
#endif
        QVERIFY_THROWS_EXCEPTION(c10::Error, torch::empty({int64_t{1} << 44}));
    }
};

DIAGONAL_TEST(TestDevice);
#include "test_device.moc"
