#pragma once
// ZIP and gzip files as gateways pack their bills, without compression: both formats allow that, and what
// unpacks them cannot tell. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT and RFC 1952.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace payweir::sandbox {

struct ArchivedFile {
  std::string name;  // in whatever encoding; no flag says which
  std::string content;
};

// CRC-32 as in both formats.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);
[[nodiscard]] std::string zip(const std::vector<ArchivedFile>& files);
[[nodiscard]] std::string gzip(std::string_view content);

}  // namespace payweir::sandbox
