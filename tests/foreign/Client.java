// A client of the gateway in Java, written from docs/profile.md and /openapi.json alone: see client.py.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

class Client {
    static String told(String name) {
        return System.getenv(name);
    }

    static String base64(byte[] raw) {
        return Base64.getEncoder().encodeToString(raw);
    }

    static String digest(byte[] content) throws Exception {
        return "sha-256=:" + base64(MessageDigest.getInstance("SHA-256").digest(content)) + ":";
    }

    public static void main(String[] none) throws Exception {
        byte[] body = told("BODY").getBytes(StandardCharsets.UTF_8);
        String[] target = told("TARGET").split("\\?", 2);
        long now = Long.parseLong(told("NOW"));
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);

        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("@method", told("METHOD"));
        lines.put("@authority", told("URL").split("://")[1].toLowerCase());
        lines.put("@path", target[0]);
        lines.put("@query", "?" + (target.length > 1 ? target[1] : ""));
        lines.put("content-digest", digest(body));
        for (String name : List.of("user", "device", "purpose", "matter")) {
            lines.put("hutong-" + name, told(name.toUpperCase()));
        }
        String covered = lines.keySet().stream().map(each -> '"' + each + '"').collect(Collectors.joining(" ", "(", ")"));
        String parameters = covered + ";created=" + now + ";expires=" + (now + 60) + ";nonce=\"" + base64(nonce)
            + "\";keyid=\"" + told("SYSTEM") + "\";alg=\"ed25519\";tag=\"hutong-v1\"";
        lines.put("@signature-params", parameters);
        String base = lines.entrySet().stream().map(each -> '"' + each.getKey() + "\": " + each.getValue())
            .collect(Collectors.joining("\n"));

        String pem = Files.readString(Path.of(told("KEY"))).replaceAll("-----[A-Z ]+-----|\\s", "");
        KeyFactory keys = KeyFactory.getInstance("Ed25519");
        Signature signing = Signature.getInstance("Ed25519");
        signing.initSign(keys.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
        signing.update(base.getBytes(StandardCharsets.UTF_8));
        String signature = ":" + base64(signing.sign()) + ":";

        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(told("URL") + told("TARGET")))
            .method(told("METHOD"), body.length > 0 ? BodyPublishers.ofByteArray(body) : BodyPublishers.noBody())
            .header("signature-input", "sig1=" + parameters)
            .header("signature", "sig1=" + signature);
        lines.forEach((name, value) -> {
            if (!name.startsWith("@")) {
                request.header(name, value);
            }
        });
        if (body.length > 0) {
            request.header("content-type", "application/json");
        }
        var reply = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());

        String told = digest(reply.body());
        if (!reply.headers().firstValue("content-digest").orElse("").equals(told)) {
            throw new SecurityException("the body is not the one that was signed");
        }
        String answered = reply.headers().firstValue("signature-input").orElse("").replaceFirst("^sig1=", "");
        if (!answered.startsWith("(\"@status\" \"content-digest\" \"signature\";req;key=\"sig1\");")
            || !answered.contains(";tag=\"hutong-v1-reply\"")) {
            throw new SecurityException("something else was signed");
        }
        String replied = "\"@status\": " + reply.statusCode() + "\n\"content-digest\": " + told
            + "\n\"signature\";req;key=\"sig1\": " + signature + "\n\"@signature-params\": " + answered;
        byte[] head = HexFormat.of().parseHex("302a300506032b6570032100");
        byte[] raw = Base64.getDecoder().decode(told("PLATFORM_KEY"));
        byte[] encoded = new byte[head.length + raw.length];
        System.arraycopy(head, 0, encoded, 0, head.length);
        System.arraycopy(raw, 0, encoded, head.length, raw.length);
        Signature verifying = Signature.getInstance("Ed25519");
        verifying.initVerify(keys.generatePublic(new X509EncodedKeySpec(encoded)));
        verifying.update(replied.getBytes(StandardCharsets.UTF_8));
        String signed = reply.headers().firstValue("signature").orElse("").replaceFirst("^sig1=:(.*):$", "$1");
        if (!verifying.verify(Base64.getDecoder().decode(signed))) {
            throw new SecurityException("not signed");
        }
        System.out.println(reply.statusCode() + " " + new String(reply.body(), StandardCharsets.UTF_8));
    }
}
