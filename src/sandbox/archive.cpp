#include "sandbox/archive.hpp"

#include <algorithm>
#include <array>

namespace payweir::sandbox {
namespace {

constexpr auto kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1u) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[byte] = value;
  }
  return table;
}();

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

// What the header in front of a file and the one in the directory have in common: 26 bytes.
void put_common(std::string& out, const ArchivedFile& file, std::uint32_t sum) {
  put(out, 20, 2);                          // version 2.0 unpacks it
  put(out, 0, 2);                           // no flags: the name is not UTF-8
  put(out, 0, 2);                           // stored
  put(out, 0, 2);                           // time
  put(out, (46u << 9) | (1u << 5) | 1, 2);  // 2026-01-01
  put(out, sum, 4);
  put(out, file.content.size(), 4);
  put(out, file.content.size(), 4);
  put(out, file.name.size(), 2);
  put(out, 0, 2);
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = 0xffffffffu;
  for (const char c : bytes)
    sum = kCrcTable[(sum ^ static_cast<unsigned char>(c)) & 0xffu] ^ (sum >> 8);
  return ~sum;
}

std::string zip(const std::vector<ArchivedFile>& files) {
  std::string out, directory;
  for (const ArchivedFile& file : files) {
    const std::uint32_t sum = crc32(file.content);
    put(directory, 0x02014b50, 4);
    put(directory, 20, 2);
    put_common(directory, file, sum);
    put(directory, 0, 2);  // comment
    put(directory, 0, 2);  // disk
    put(directory, 0, 2);  // attributes
    put(directory, 0, 4);
    put(directory, out.size(), 4);
    directory += file.name;
    put(out, 0x04034b50, 4);
    put_common(out, file, sum);
    out += file.name;
    out += file.content;
  }
  const std::size_t start = out.size();
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);  // disks
  put(out, files.size(), 2);
  put(out, files.size(), 2);
  put(out, directory.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);  // comment
  return out;
}

std::string gzip(std::string_view content) {
  constexpr std::size_t kBlockMax = 65'535;
  std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  std::string_view rest = content;
  do {
    const std::string_view block = rest.substr(0, kBlockMax);
    rest.remove_prefix(block.size());
    out += rest.empty() ? '\1' : '\0';  // the last block; stored
    put(out, block.size(), 2);
    put(out, ~block.size() & 0xffffu, 2);
    out += block;
  } while (!rest.empty());
  put(out, crc32(content), 4);
  put(out, content.size() & 0xffffffffu, 4);
  return out;
}

}  // namespace payweir::sandbox
