#pragma once
// Randomness as a port: cryptographic bytes in production, a seeded stream in the simulator. One call
// site, one purpose: streams are drawn per purpose, so that a new draw does not shift the others.
#include <cstdint>
#include <span>
#include <string>

namespace payweir {

enum class RandomPurpose : std::uint8_t { id_salt, secret, nonce, jitter };

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(RandomPurpose purpose, std::span<std::uint8_t> out) = 0;

  [[nodiscard]] std::uint64_t bits(RandomPurpose purpose) {
    std::uint8_t bytes[8];
    fill(purpose, bytes);
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
      value = value << 8 | byte;
    return value;
  }
  [[nodiscard]] std::string bytes(RandomPurpose purpose, std::size_t count) {
    std::string out(count, '\0');
    fill(purpose, {reinterpret_cast<std::uint8_t*>(out.data()), count});
    return out;
  }
};

}  // namespace payweir
