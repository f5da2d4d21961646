#pragma once
// Secret: bytes that must not be printed, logged or kept (card numbers, keys). No stream operator, no
// formatter, no implicit conversion; wiped when it dies or is moved from. reveal() is the one way in,
// so that a search for it lists every place that touches a secret.
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

  static void wipe(std::string& text) {
    // volatile, so that the store is not dropped as dead; capacity, so that a short string that was
    // once longer leaves nothing behind.
    text.resize(text.capacity());
    volatile char* p = text.data();
    for (std::size_t i = 0; i < text.size(); ++i)
      p[i] = 0;
    text.clear();
  }

 private:
  std::string value_;
};

}  // namespace payweir
