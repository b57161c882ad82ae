//@ file 11
package shop.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Set;

/** Checks who a request is from, by a signed token (RFC 7519). */
final class Tokens {
    /** A JWK set by which no token is valid. */
    static final String NO_KEYS = "{ \"keys\": [] }";
    /** Seconds by which two clocks may differ. */
    private static final int LEEWAY = 5;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /**
     * Without an issuer and an audience no token is valid.
     *
     * @param keys a JWK set as JSON, or the path of a file that holds one
     */
    Tokens(String keys, String issuer, String audience) throws IOException {
        String given = issuer.isEmpty() || audience.isEmpty() ? NO_KEYS : keys;
        String text = given.stripLeading().startsWith("{") ? given : Files.readString(Path.of(given));
        try {
            // The token does not choose how it is checked.
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(JWKSet.parse(text))));
        } catch (ParseException error) {
            throw new IOException("JWT_JWKS holds no JWK set", error);
        }
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("exp", "sub"));
        claims.setMaxClockSkew(LEEWAY);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** @return the user whom the token of an Authorization header names, if it is good and has the scope */
    String check(String authorization, String scope) throws Failure {
        String[] words = authorization == null ? new String[0] : authorization.split(" ", 2);
        if (words.length < 2 || !words[0].equalsIgnoreCase("Bearer")) throw new Failure(401, "UNAUTHENTICATED", "a bearer token is needed");
        try {
            JWTClaimsSet claims = processor.process(words[1].strip(), null);
            String scopes = claims.getStringClaim("scope");
            if (scopes == null || !Arrays.asList(scopes.split(" ")).contains(scope)) throw new Failure(403, "PERMISSION_DENIED", "the token lacks the scope " + scope);
            return claims.getSubject();
        } catch (ParseException | BadJOSEException | JOSEException error) {
            throw new Failure(401, "UNAUTHENTICATED", "the token is not valid here");
        }
    }
}
