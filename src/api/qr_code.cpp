#include "api/qr_code.hpp"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <vector>

#include "crypto/encoding.hpp"

namespace payweir::api {
namespace {

constexpr std::size_t kQuietModules = 4;     // ISO/IEC 18004 asks for as many
constexpr std::size_t kPixelsAModule = 6;    // an ordinary code comes to some 250 pixels
constexpr std::size_t kTextBytesMax = 2331;  // of level M

}  // namespace

std::string qr_code_png(std::string_view text) {
  if (text.empty() || text.size() > kTextBytesMax) return {};
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                        QR_ECLEVEL_M),
      &QRcode_free);
  if (!code) return {};
  const auto modules = static_cast<std::size_t>(code->width);
  const std::size_t side = (modules + 2 * kQuietModules) * kPixelsAModule;
  std::vector<unsigned char> pixels(side * side, 0xff);
  for (std::size_t y = 0; y < modules * kPixelsAModule; ++y)
    for (std::size_t x = 0; x < modules * kPixelsAModule; ++x)
      if ((code->data[y / kPixelsAModule * modules + x / kPixelsAModule] & 1) != 0)
        pixels[(y + kQuietModules * kPixelsAModule) * side + x + kQuietModules * kPixelsAModule] = 0;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  std::string png(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = png.size();
  const int written =
      png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), static_cast<int>(side), nullptr);
  png_image_free(&image);
  if (written == 0) return {};
  png.resize(size);
  return png;
}

std::string qr_code_data_url(std::string_view text) {
  const std::string png = qr_code_png(text);
  return png.empty() ? "" : "data:image/png;base64," + crypto::to_base64(png);
}

}  // namespace payweir::api
