#pragma once
// Offload: work that takes long on a CPU and no time elsewhere, such as an RSA signature. An io thread that
// did it would hold up all of its connections.
#include <functional>

#include "ports/task.hpp"

namespace payweir {

class Offload {
 public:
  virtual ~Offload() = default;
  // Done when `work` is; the caller goes on where it was. `work` may use what the caller's frame holds.
  [[nodiscard]] virtual Task<void> run(std::function<void()> work) = 0;
};

// Where there is one thread, and time stands still meanwhile.
class InlineOffload final : public Offload {
 public:
  [[nodiscard]] Task<void> run(std::function<void()> work) override {
    work();
    co_return;
  }
};

}  // namespace payweir
