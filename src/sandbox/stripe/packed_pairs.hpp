#pragma once
// A few text pairs in one allocation of exactly their size: a million intents carry them. Keys and
// values hold no NUL. Order is that of insertion.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace payweir::sandbox::stripe {

class PackedPairs {
 public:
  PackedPairs() = default;
  PackedPairs(const PackedPairs& other) { assign(other.text()); }
  PackedPairs(PackedPairs&&) noexcept = default;
  PackedPairs& operator=(PackedPairs other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }

  // "" when there is no such key.
  [[nodiscard]] std::string_view get(std::string_view key) const;
  // Replaces; an empty value removes the key, as Stripe's forms do.
  void set(std::string_view key, std::string_view value);
  [[nodiscard]] std::size_t count() const;

  // visit(key, value) for each pair.
  template <class Visit>
  void for_each(Visit visit) const {
    std::string_view rest = text();
    while (!rest.empty()) {
      const std::string_view key = take(rest);
      const std::string_view value = take(rest);
      visit(key, value);
    }
  }

 private:
  // key NUL value NUL …, behind its size
  [[nodiscard]] std::string_view text() const;
  void assign(std::string_view text);
  static std::string_view take(std::string_view& rest) {
    const std::size_t end = rest.find('\0');
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return word;
  }

  std::unique_ptr<char[]> bytes_;
};

}  // namespace payweir::sandbox::stripe
