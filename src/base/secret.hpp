#pragma once
// Secret: bytes that must not be printed, logged or kept (card numbers, keys). No stream operator, no
// formatter, no implicit conversion; wiped when it dies or is moved from. reveal() is the one way in,
// so that a search for it lists every place that touches a secret.
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace payweir {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) { wipe(value); }
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
  Secret& operator=(Secret other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~Secret() { wipe(value_); }

  [[nodiscard]] std::string_view reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  [[nodiscard]] std::size_t size() const { return value_.size(); }

  // All of its capacity: a text that was once longer leaves nothing behind.
  static void wipe(std::string& text) {
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());  // unlike memset, never dropped as dead
    text.clear();
  }

 private:
  std::string value_;
};

}  // namespace payweir
