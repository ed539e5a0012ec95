import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Asks Java's own cryptography whether a text is signed by an Ed25519 key: text, signature and key come in base64. */
class Note {
    public static void main(String[] given) throws Exception {
        var decoder = Base64.getDecoder();
        var key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(decoder.decode(given[2])));
        var verifying = Signature.getInstance("Ed25519");
        verifying.initVerify(key);
        verifying.update(decoder.decode(given[0]));
        boolean holds = verifying.verify(decoder.decode(given[1]));
        System.out.println(holds ? new String(decoder.decode(given[0]), StandardCharsets.UTF_8) : "the signature does not hold");
        System.exit(holds ? 0 : 1);
    }
}
