// SPDX-License-Identifier: Apache-2.0
#include "training/distributed/world.h"

#include "engine/base/libtorch.h"

namespace diagonal {

std::function<void()> World::beginSum(const torch::Tensor& tensor) {
    sum({tensor});
    return [] {};
}

int64_t World::ofFirst(int64_t number) {
    if (isAlone()) return number;
    const torch::Tensor one = torch::tensor({number}, torch::kLong);
    takeFirst({one});
    return one.item<int64_t>();
}

namespace {

class OneProcess : public World {
  public:
    int rank() const override { return 0; }
    int size() const override { return 1; }
    torch::Tensor gather(const torch::Tensor& rows) override { return rows; }
    void sum(const std::vector<torch::Tensor>&) override {}
    torch::Tensor sumToOwners(const torch::Tensor& rows) override { return rows; }
    std::vector<torch::Tensor> shift(const std::vector<torch::Tensor>& tensors) override { return tensors; }
    void takeFirst(const std::vector<torch::Tensor>&) override {}
    std::vector<int64_t> largest(const std::vector<int64_t>& numbers) override { return numbers; }
    std::vector<std::string> texts(const std::string& mine) override { return {mine}; }
};

class PlannedWorld : public OneProcess {
  public:
    explicit PlannedWorld(const Launch& launch) : m_launch(launch) {}

    int rank() const override { return m_launch.rank; }
    int size() const override { return m_launch.size; }
    int localRank() const override { return m_launch.localRank; }
    int localSize() const override { return m_launch.localSize; }

  private:
    const Launch m_launch;
};

}  // namespace

std::shared_ptr<World> worldToPlan(const Launch& launch) {
    return std::make_shared<PlannedWorld>(launch);
}

std::shared_ptr<World> oneProcess() {
    return std::make_shared<OneProcess>();
}

}  // namespace diagonal
