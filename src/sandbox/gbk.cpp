#include "sandbox/gbk.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.hpp"

namespace payweir::sandbox {
namespace {

std::size_t size_of_character(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

}  // namespace

std::string to_gbk(std::string_view utf8) {
  const auto close = [](void* converter) { iconv_close(converter); };
  const std::unique_ptr<void, decltype(close)> converter(iconv_open("GBK", "UTF-8"), close);
  check(converter.get() != reinterpret_cast<void*>(-1), "the system's iconv has no GBK");
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const std::size_t size =
        std::min(size_of_character(static_cast<unsigned char>(utf8.front())), utf8.size());
    std::array<char, 8> text{}, converted{};
    utf8.copy(text.data(), size);
    char* from = text.data();
    char* to = converted.data();
    std::size_t from_left = size, to_left = converted.size();
    const bool has_it = iconv(converter.get(), &from, &from_left, &to, &to_left) == 0 && from_left == 0;
    out += has_it ? std::string_view(converted.data(), converted.size() - to_left) : std::string_view("?");
    utf8.remove_prefix(size);
  }
  return out;
}

}  // namespace payweir::sandbox
