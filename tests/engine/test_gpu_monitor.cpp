// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <QTest>

#include "engine/base/cuda_driver.h"
#include "engine/base/gpu_monitor.h"
#include "tests/engine/fake_gpu.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
using namespace std::chrono_literals;

namespace {

const std::string kFake = paths::kFakeGpu;

GpuMonitor fakeMonitor(int ordinal = 0) {
    return GpuMonitor(ordinal, kFake, kFake);
}

bool isUnknown(const GpuReading& reading) {
    return reading.utilization == -1 && reading.memoryBytes == -1 && reading.temperature == -1 && reading.power == -1;
}

}  // namespace

class TestGpuMonitor : public QObject {
    Q_OBJECT

    FakeGpu* m_gpu = nullptr;

  private Q_SLOTS:
    void initTestCase() {
        void* library = dlopen(kFake.c_str(), RTLD_NOW | RTLD_LOCAL);
        QVERIFY2(library != nullptr, dlerror());
        m_gpu = reinterpret_cast<FakeGpu* (*)()>(dlsym(library, "fakeGpu"))();
    }

    void init() {
        *m_gpu = {};
        m_gpu->utilization = 87;
        m_gpu->celsius = 61;
        m_gpu->milliwatts = 412'500;
        m_gpu->usedBytes = 71'000'000'000;
    }

    void readingIsInTheUnitsOfMetrics() {
        const GpuReading reading = fakeMonitor().read();
        QCOMPARE(reading.utilization, 87.0);
        QCOMPARE(reading.memoryBytes, 71e9);
        QCOMPARE(reading.temperature, 61.0);
        QCOMPARE(reading.power, 412.5);
    }

    void deviceIsTheOneThatCudaMeans() {
        fakeMonitor(0).read();
        QCOMPARE(m_gpu->device, 2);
        fakeMonitor(1).read();
        QCOMPARE(m_gpu->device, 1);
        QVERIFY(isUnknown(fakeMonitor(2).read()));
        QVERIFY(isUnknown(fakeMonitor(-1).read()));
    }

    void sliceOfAGpuIsFound() {
        m_gpu->mig = true;
        m_gpu->utilizationFails = m_gpu->temperatureFails = true;
        const GpuReading reading = fakeMonitor(1).read();
        QCOMPARE(m_gpu->device, 1);
        QCOMPARE(reading.utilization, -1.0);
        QCOMPARE(reading.memoryBytes, 71e9);
        QCOMPARE(reading.temperature, -1.0);
        QCOMPARE(reading.power, 412.5);
    }

    void whatTheDriverRefusesIsUnknown() {
        m_gpu->memoryFails = m_gpu->powerFails = true;
        const GpuReading reading = fakeMonitor().read();
        QCOMPARE(reading.utilization, 87.0);
        QCOMPARE(reading.memoryBytes, -1.0);
        QCOMPARE(reading.temperature, 61.0);
        QCOMPARE(reading.power, -1.0);
    }

    void oneReadingASecond() {
        GpuMonitor monitor(0, kFake, kFake);
        const auto start = GpuMonitor::Clock::now();
        monitor.read(start);
        m_gpu->utilization = 12;
        QCOMPARE(monitor.read(start + 999ms).utilization, 87.0);
        QCOMPARE(m_gpu->readings, 1);
        QCOMPARE(monitor.read(start + 1s).utilization, 12.0);
        QCOMPARE(m_gpu->readings, 2);
    }

    void driverIsLeftAsItWas() {
        {
            GpuMonitor monitor(0, kFake, kFake);
            QCOMPARE(m_gpu->running, 1);
        }
        QCOMPARE(m_gpu->running, 0);
        fakeMonitor(7).read();
        QCOMPARE(m_gpu->running, 0);
        m_gpu->initFails = true;
        QVERIFY(isUnknown(fakeMonitor().read()));
        QCOMPARE(m_gpu->running, 0);
    }

    void devicesHaveNamesAndTheirPrecision() {
        const CudaDevice hopper = cudaDevice(0, kFake), turing = cudaDevice(1, kFake);
        QCOMPARE(hopper.name, std::string("NVIDIA H200"));
        QCOMPARE(hopper.uuid, std::string("f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfe02"));
        QVERIFY(hasFastBf16(hopper));
        QCOMPARE(turing.name, std::string("Tesla T4"));
        QVERIFY(!hasFastBf16(turing));
        QVERIFY(cudaDevice(7, kFake).name.empty());
        QVERIFY(cudaDevice(0, "libno-such-library.so.1").name.empty());
    }

    void missingOrOtherLibraryIsUnknown() {
        QVERIFY(isUnknown(GpuMonitor(0, "libno-such-library.so.1", kFake).read()));
        QVERIFY(isUnknown(GpuMonitor(0, kFake, "libno-such-library.so.1").read()));
        QVERIFY(isUnknown(GpuMonitor(0, "libm.so.6", "libm.so.6").read()));
        QVERIFY(isUnknown(GpuMonitor(0, kFake, "libm.so.6").read()));
    }
};

DIAGONAL_TEST(TestGpuMonitor);
#include "test_gpu_monitor.moc"
