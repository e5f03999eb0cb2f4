// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Steers the library of fake_gpu.cpp, which gives it out as fakeGpu().
struct FakeGpu {
    bool initFails, mig;
    bool utilizationFails, memoryFails, temperatureFails, powerFails;
    unsigned utilization, celsius, milliwatts;
    unsigned long long usedBytes;
    int running;   ///< nvmlInit_v2 less nvmlShutdown
    int readings;  ///< of the utilization
    int device;    ///< that was asked last
};
